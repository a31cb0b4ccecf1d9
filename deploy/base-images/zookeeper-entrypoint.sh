#!/bin/bash
# Starts Debian's ZooKeeper with what the stack gives to the official image: /conf/zoo.cfg, ZOO_MY_ID and the heap.
set -eu
echo "${ZOO_MY_ID:-1}" > /data/myid
simple=-Dorg.slf4j.simpleLogger
logging="$simple.logFile=System.out $simple.showDateTime=true $simple.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX"
# shellcheck disable=SC2086 -- the flags are several words
exec java "-Xmx${ZK_SERVER_HEAP:-256}m" $logging ${SERVER_JVMFLAGS:-} \
  -cp /conf:/usr/share/java/zookeeper.jar:/usr/share/java/slf4j-simple.jar \
  org.apache.zookeeper.server.quorum.QuorumPeerMain /conf/zoo.cfg
