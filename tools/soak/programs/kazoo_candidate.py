"""A candidate of kazoo's Election: while it leads it writes to the sink, and says when it held that it leads.

Usage: kazoo_candidate.py <hosts> <path> <id> <session timeout in ms> <URL of the sink>
"""
import json
import logging
import sys
import time
import urllib.request

from kazoo.client import KazooClient
from kazoo.protocol.states import KazooState

CLAIM_INTERVAL_S = 0.04

logging.basicConfig(level=logging.ERROR)
hosts, path, identifier, timeout_ms, sink = sys.argv[1:6]
client = KazooClient(hosts=hosts, timeout=float(timeout_ms) / 1000)
# kazoo's documentation asks for this: a leader whose connection is suspended has to stop by itself.
interruptions = []
client.add_listener(lambda state: state != KazooState.CONNECTED and interruptions.append(state))
client.start()
election = client.Election(path, identifier)


def lead():
    begun_at = len(interruptions)
    token = client.exists(path + "/" + election.lock.node).czxid
    while True:
        from_ns = time.monotonic_ns()
        if len(interruptions) > begun_at:
            return
        claim = {"id": identifier, "token": str(token), "fromNs": str(from_ns), "toNs": str(time.monotonic_ns())}
        request = urllib.request.Request(sink + "/claim", json.dumps(claim).encode(), method="POST")
        with urllib.request.urlopen(request) as response:
            if not json.load(response)["yes"]:
                return
        time.sleep(CLAIM_INTERVAL_S)


while True:
    election.run(lead)
