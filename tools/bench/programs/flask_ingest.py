"""The ingest route of a small Flask program, for the benchmark: GET /detectar?dato=<number> does one TS.ADD under the server's
clock.

flask_ingest.py <port> <port of the store>. It speaks the Redis protocol itself, so that Flask is all it needs.
"""
import logging
import queue
import socket
import sys

from flask import Flask, request

logging.getLogger("werkzeug").disabled = True
app = Flask(__name__)
# Connections that no request uses now: a thread of this server serves one request.
idle = queue.LifoQueue()


def call(*words):
    try:
        stream = idle.get_nowait()
    except queue.Empty:
        stream = socket.create_connection(("127.0.0.1", int(sys.argv[2]))).makefile("rwb")
    parts = [word.encode() for word in words]
    stream.write(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
    stream.flush()
    reply = stream.readline()
    idle.put(stream)
    if reply[:1] == b"-":
        raise RuntimeError(reply.decode())


@app.route("/detectar")
def detect():
    value = float(request.args["dato"])
    call("TS.ADD", "flask", "*", str(value), "ON_DUPLICATE", "LAST")
    return str(value)


app.run(host="127.0.0.1", port=int(sys.argv[1]), threaded=True)
