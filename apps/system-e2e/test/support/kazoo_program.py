"""A measuring program of the kind that was there before: it writes its value and enters kazoo's election."""

import sys
import threading
import time

from kazoo.client import KazooClient

hosts, identifier, value = sys.argv[1:4]
client = KazooClient(hosts=hosts, timeout=4)
client.start()
client.ensure_path("/atalaya/sensors")
client.create("/atalaya/sensors/" + identifier, value.encode(), ephemeral=True)


def lead():
    print("leader", flush=True)
    while True:
        time.sleep(1)


election = client.Election("/atalaya/election", identifier)
threading.Thread(target=election.run, args=(lead,), daemon=True).start()
while identifier not in election.contenders():
    time.sleep(0.05)
print("candidate", flush=True)
while True:
    time.sleep(1)
    client.set("/atalaya/sensors/" + identifier, value.encode())
