#!/usr/bin/env bash
# Makes base images for the stack out of Debian packages and this machine's Node.js, for machines that reach a package
# mirror but no image registry. Needs root, debootstrap, a Docker engine, Debian with Node.js 20.19 or later, npm and its headers in
# /usr/include/node, or in include/node of the folder that npm_config_nodedir names. It may be run again: images are replaced.
#   deploy/base-images/make.sh [folder]
# The folder keeps the root file system for the next run; without one it is made anew and removed at the end.
set -euo pipefail

here="$(cd "$(dirname "$0")" && pwd)"
for program in debootstrap docker node npm; do
  command -v "$program" > /dev/null || { echo "make.sh needs $program, which was not found" >&2; exit 1; }
done
[ "$(id -u)" = 0 ] || { echo 'make.sh needs root, for debootstrap' >&2; exit 1; }
headers="${npm_config_nodedir:-/usr}/include/node"
[ -d "$headers" ] || { echo "make.sh needs Node.js' headers in $headers" >&2; exit 1; }
docker version > /dev/null

work="${1:-}"
if [ -z "$work" ]; then
  work="$(mktemp -d)"
  trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work"
rootfs="$work/rootfs"
context="$work/context"
suite="$(. /etc/os-release && echo "$VERSION_CODENAME")"

# An interrupted debootstrap leaves a part: the mark is set when all is there.
if [ ! -e "$work/rootfs.complete" ]; then
  rm -rf "$rootfs"
  debootstrap --variant=minbase --include=ca-certificates "$suite" "$rootfs"
  touch "$work/rootfs.complete"
fi
rm -rf "$rootfs/var/cache/apt/archives/"*.deb "$rootfs/var/lib/apt/lists/"*
# Certificates that this machine trusts, so that packages can be fetched inside a build as they are outside.
# The folder is replaced: the links in it would lead out of the root file system.
rm -rf "$rootfs/etc/ssl/certs"
cp -rL /etc/ssl/certs "$rootfs/etc/ssl/certs"
tar -C "$rootfs" -c . | docker import \
  --change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' --change 'CMD ["/bin/sh"]' - atalaya-base/debian:1

# Node.js as it is installed here: the program, and for builds npm and the headers.
rm -rf "$context"
mkdir -p "$context/runtime/usr/bin" "$context/build/usr/lib/node_modules" "$context/build/usr/include"
cp "$(readlink -f "$(command -v node)")" "$context/runtime/usr/bin/node"
cp -r "$(readlink -f "$(dirname "$(readlink -f "$(command -v npm)")")/..")" "$context/build/usr/lib/node_modules/npm"
cp -r "$headers" "$context/build/usr/include/node"
cp "$here/zookeeper-entrypoint.sh" "$here/Dockerfile" "$context/"

for target in node node-build zookeeper prometheus; do
  docker build --network host --target "$target" --tag "atalaya-base/$target:1" "$context"
done

cat <<'END'
Made. Use them with
  NODE_IMAGE=atalaya-base/node:1 NODE_BUILD_IMAGE=atalaya-base/node-build:1 BUILD_NETWORK=host \
  ZOOKEEPER_IMAGE=atalaya-base/zookeeper:1 ZOOKEEPER_METRICS=false PROMETHEUS_IMAGE=atalaya-base/prometheus:1 \
  GRAFANA_IMAGE=none REDIS_IMAGE=stand-in npm run e2e:swarm
END
