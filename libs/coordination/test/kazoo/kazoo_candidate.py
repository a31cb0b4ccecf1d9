"""A candidate of kazoo's Election: prints "lead <czxid>" when it is elected, "end" when its term is over.

Leads until a line comes in on standard input, then takes part again; "stop" or the end of the input ends it.
"""
import logging
import sys

from kazoo.client import KazooClient

logging.basicConfig(level=logging.ERROR)
hosts, path, identifier, timeout = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])
client = KazooClient(hosts=hosts, timeout=timeout)
client.start()
election = client.Election(path, identifier)
stopped = False


def lead():
    global stopped
    token = client.exists(path + "/" + election.lock.node).czxid
    print("lead %d" % token, flush=True)
    line = sys.stdin.readline()
    stopped = line.strip() in ("", "stop")
    print("end", flush=True)


print("joined", flush=True)
while not stopped:
    election.run(lead)
client.stop()
