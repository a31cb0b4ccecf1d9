"""Does what kazoo can once, for the bytes to be recorded: golden_kazoo.py host:port."""

import sys

from kazoo.client import KazooClient
from kazoo.security import make_digest_acl

zk = KazooClient(hosts=sys.argv[1], auth_data=[("digest", "ann:secret")])
zk.start()
zk.create("/kazoo", b"x", acl=[make_digest_acl("ann", "secret", all=True)])
zk.create("/kazoo/e-", b"", ephemeral=True, sequence=True, include_data=True)
zk.exists("/kazoo", watch=lambda event: None)
zk.get("/kazoo", watch=lambda event: None)
zk.get_children("/kazoo", include_data=True)
zk.set("/kazoo", b"y", version=0)
zk.get_acls("/kazoo")
zk.sync("/kazoo")
transaction = zk.transaction()
transaction.check("/kazoo", 1)
transaction.create("/kazoo/t")
transaction.set_data("/kazoo/t", b"z")
transaction.delete("/kazoo/t")
transaction.commit()
zk.delete("/kazoo", recursive=True)
zk.stop()
