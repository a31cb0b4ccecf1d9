#!/usr/bin/env bash
# Health check of the containers. It passes for the first time when the service is ready, so that an update does not go
# on before the new task can do its work; from then on it asks only whether the process answers, because a container
# must not be killed for an outage of what it depends on.
#
# A shell and its /dev/tcp cost 10 ms of CPU; a Node.js process that sends one request costs 160 to 500, every 10 s in
# each container.
set -u

port="${HEALTH_PORT:-${PORT:-4000}}"
marker="${HEALTH_MARKER:-/tmp/was-ready}"
path=/readyz
[ -e "$marker" ] && path=/healthz

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

{ exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null || fail "nothing listens on port $port"
printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$path" "$port" >&3
# The engine's own limit is 30 s.
IFS=' ' read -r -t 25 protocol status reason <&3 || fail "no answer to GET $path within 25 s"
case "$protocol/$status" in
  HTTP/1.?/2??) ;;
  *)
    # An answer that is not understood is shown as it is, and the reason of one that says "not ready" with its body.
    IFS= read -r -d '' -t 5 -n 4000 rest <&3
    fail "$protocol $status $reason ${rest##*$'\r\n\r\n'}"
    ;;
esac
[ -e "$marker" ] || : > "$marker" || fail "cannot write $marker"
