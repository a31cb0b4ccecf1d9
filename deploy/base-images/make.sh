#!/usr/bin/env bash
# Makes base images for the stack out of Debian packages and this machine's Node.js, for machines that reach a package
# mirror but no image registry. Needs root, debootstrap, a Docker engine, Debian with Node.js 20 in /usr/bin.
#   deploy/base-images/make.sh [folder for the root file system]
set -euo pipefail

here="$(cd "$(dirname "$0")" && pwd)"
work="${1:-$(mktemp -d)}"
suite="$(. /etc/os-release && echo "$VERSION_CODENAME")"

if [ ! -x "$work/rootfs/bin/sh" ]; then
  debootstrap --variant=minbase --include=ca-certificates "$suite" "$work/rootfs"
fi
rm -rf "$work/rootfs/var/cache/apt/archives/"*.deb "$work/rootfs/var/lib/apt/lists/"*
# Certificates that this machine trusts, so that packages can be fetched inside a build as they are outside.
# The folder is replaced: the links in it would lead out of the root file system.
rm -rf "$work/rootfs/etc/ssl/certs"
cp -rL /etc/ssl/certs "$work/rootfs/etc/ssl/certs"
tar -C "$work/rootfs" -c . | docker import \
  --change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' --change 'CMD ["/bin/sh"]' - atalaya-base/debian:1

# Node.js as it is installed here: the program, and for builds npm and the headers.
rm -rf "$work/context" && mkdir -p "$work/context/runtime/usr/bin" "$work/context/build/usr/lib/node_modules" "$work/context/build/usr/include"
cp "$(readlink -f "$(command -v node)")" "$work/context/runtime/usr/bin/node"
cp -r "$(readlink -f "$(dirname "$(readlink -f "$(command -v npm)")")/..")" "$work/context/build/usr/lib/node_modules/npm"
cp -r /usr/include/node "$work/context/build/usr/include/node"
cp "$here/zookeeper-entrypoint.sh" "$here/Dockerfile" "$work/context/"

for target in node node-build zookeeper; do
  docker build --network host --target "$target" --tag "atalaya-base/$target:1" "$work/context"
done

cat <<'END'
Made. Use them with
  NODE_IMAGE=atalaya-base/node:1 NODE_BUILD_IMAGE=atalaya-base/node-build:1 BUILD_NETWORK=host \
  ZOOKEEPER_IMAGE=atalaya-base/zookeeper:1 ZOOKEEPER_METRICS=false \
  GRAFANA_IMAGE=none PROMETHEUS_IMAGE=none REDIS_IMAGE=stand-in npm run e2e:swarm
END
