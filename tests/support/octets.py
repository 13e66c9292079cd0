"""A part of 127.0.0.0/8 for every lab, so that tests can run side by side, also those of another checkout."""

import errno
import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager

LOCK_PORT = 2
RESERVED = {0, 1, 53, 72}  # what other programs use, and the lab of the demo


@contextmanager
def claimed_octet() -> Iterator[int]:
    """The second octet of addresses that nobody else on this machine uses: whoever listens on 127.N.0.1 owns it."""
    for octet in random.sample(sorted(set(range(2, 255)) - RESERVED), 200):
        with socket.socket() as lock:
            try:
                lock.bind((f"127.{octet}.0.1", LOCK_PORT))
                lock.listen(1)
            except OSError as error:
                if error.errno in (errno.EADDRINUSE, errno.EACCES):
                    continue
                raise
            yield octet
            return
    raise RuntimeError("no part of 127.0.0.0/8 is free")
