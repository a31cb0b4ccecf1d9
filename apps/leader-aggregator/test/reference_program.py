"""A measuring program of the reference system's kind: its value in an ephemeral znode, and a seat in kazoo's Election."""

import sys
import threading

from kazoo.client import KazooClient
from kazoo.exceptions import NodeExistsError

hosts, sensors_path, election_path, own_id, value = sys.argv[1:]
client = KazooClient(hosts=hosts, timeout=4)
client.start()
client.ensure_path(sensors_path)


def write():
    path = f"{sensors_path}/{own_id}"
    try:
        client.create(path, value.encode(), ephemeral=True)
    except NodeExistsError:
        client.set(path, value.encode())
    timer = threading.Timer(0.3, write)
    timer.daemon = True
    timer.start()


def lead():
    print("leading", flush=True)
    values = [float(client.get(f"{sensors_path}/{child}")[0]) for child in client.get_children(sensors_path)]
    print("mean", sum(values) / len(values), flush=True)
    threading.Event().wait()


write()
print("started", flush=True)
client.Election(election_path, own_id).run(lead)
