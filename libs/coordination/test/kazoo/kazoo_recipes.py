"""Recipes of kazoo, driven by lines on standard input; each is answered by one line, in order of completion.

Usage: kazoo_recipes.py <hosts> <session timeout in s> <recipe> <path> <id> [<size>]
Recipes: Lock, ReadLock, WriteLock, Semaphore, DoubleBarrier, Counter, Party
Commands: acquire, release, enter, join, leave, ids, add <n>, value; the end of the input ends the process.
"""
import logging
import sys

from kazoo.client import KazooClient

logging.basicConfig(level=logging.ERROR)
hosts, timeout, recipe, path, identifier = sys.argv[1:6]
client = KazooClient(hosts=hosts, timeout=float(timeout))
client.start()


def answer(*words):
    print(*words, flush=True)


if recipe == "Semaphore":
    subject = client.Semaphore(path, identifier, max_leases=int(sys.argv[6]))
elif recipe == "DoubleBarrier":
    subject = client.DoubleBarrier(path, int(sys.argv[6]), identifier)
elif recipe == "Counter":
    subject = client.Counter(path)
else:
    subject = getattr(client, recipe)(path, identifier)
answer("ready")
for line in sys.stdin:
    command = line.split()
    if command[0] == "acquire":
        subject.acquire()
        node = subject.create_path if recipe == "Semaphore" else path + "/" + subject.node
        answer("acquired", client.exists(node).czxid)
    elif command[0] == "release":
        subject.release()
        answer("released")
    elif command[0] == "enter":
        subject.enter()
        answer("entered", int(subject.participating))
    elif command[0] == "leave":
        subject.leave()
        answer("left")
    elif command[0] == "join":
        subject.join()
        answer("joined")
    elif command[0] == "ids":
        answer("ids", ",".join(sorted(subject)))
    elif command[0] == "add":
        subject += int(command[1])
        answer("added", subject.post_value)
    elif command[0] == "value":
        answer("value", subject.value)
client.stop()
