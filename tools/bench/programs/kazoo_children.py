"""Reads the values of a znode's children with kazoo, for the benchmark.

For each line "<way> <parent>" on standard input, way being "one-by-one" or "asynchronous", prints a line of JSON with how
many values were read and how many milliseconds that took. Prints "ready" first.
"""
import json
import logging
import sys
import time

from kazoo.client import KazooClient

logging.basicConfig(level=logging.ERROR)
client = KazooClient(hosts=sys.argv[1], timeout=30.0)
client.start()


def one_by_one(parent):
    return [client.get(parent + "/" + name)[0] for name in client.get_children(parent)]


def asynchronous(parent):
    waiting = [client.get_async(parent + "/" + name) for name in client.get_children(parent)]
    return [result.get()[0] for result in waiting]


WAYS = {"one-by-one": one_by_one, "asynchronous": asynchronous}

print("ready", flush=True)
for line in sys.stdin:
    way, parent = line.split()
    begun = time.perf_counter()
    count = len(WAYS[way](parent))
    print(json.dumps({"count": count, "ms": (time.perf_counter() - begun) * 1000}), flush=True)
client.stop()
