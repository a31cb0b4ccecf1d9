"""A leader candidate on kazoo's Election, for the benchmark of takeovers: what its documentation shows, with a listener.

At each tick the leader reads the values of all children of /sensors and posts their mean, the current tick at once when its
term begins. It stops leading as soon as its connection is suspended, and takes part again. Prints a line of JSON when it is
elected. SIGTERM ends it in order: its session is closed.
"""
import datetime
import json
import logging
import signal
import sys
import threading
import time
import urllib.request

from kazoo.client import KazooClient, KazooState

logging.basicConfig(level=logging.CRITICAL)
hosts, identifier, url = sys.argv[1], sys.argv[2], sys.argv[3]
session_timeout, tick_interval = float(sys.argv[4]), float(sys.argv[5])
client = KazooClient(hosts=hosts, timeout=session_timeout)
over = threading.Event()
stopping = False


def listener(state):
    if state != KazooState.CONNECTED:
        over.set()


def stop(*_):
    global stopping
    stopping = True
    over.set()


def send(tick):
    names = client.get_children("/sensors")
    values = [float(client.get("/sensors/" + name)[0]) for name in names]
    body = {"timestamp": int(tick * 1000), "value": sum(values) / len(values), "leader": identifier}
    data = json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    urllib.request.urlopen(request, timeout=tick_interval).read()


def lead():
    over.clear()
    moment = datetime.datetime.now(datetime.timezone.utc).isoformat()
    print(json.dumps({"msg": "Elected leader", "time": moment}), flush=True)
    tick = time.time() // tick_interval * tick_interval
    while not over.is_set() and not stopping:
        try:
            send(tick)
        except OSError:
            pass
        tick += tick_interval
        over.wait(max(0.0, tick - time.time()))


signal.signal(signal.SIGTERM, stop)
client.add_listener(listener)
client.start()
election = client.Election("/election", identifier)
while not stopping:
    try:
        election.run(lead)
    except Exception:
        time.sleep(0.1)
client.stop()
