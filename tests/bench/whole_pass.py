"""What a whole pass costs when nothing changed: both ends looked at, compiled, compared, planned, recorded.

The lab runs in a process of its own, so that its work is not counted as ours.
"""

import gc
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from tests.bench.row import Row

from support.octets import claimed_octet
from support.scene import Scene, converge, on_octet, write_scene
from trunkline.service.world import PassOptions
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.spec import article_lab

ROUNDS = 60
CUBE = "cube-busan"  # the longer configuration
GOAL_MILLISECONDS = 5.0
SETTLE_SECONDS = 5.0  # a change that is seconds old is looked at in full


def _serve(directory: str, octet: int, pipe: Connection) -> None:
    with Lab(on_octet(article_lab(), octet), Path(directory) / ".lab"):
        pipe.send("it runs")
        pipe.recv()


@contextmanager
def _scene() -> Iterator[Scene]:
    ours, theirs = multiprocessing.Pipe()
    with tempfile.TemporaryDirectory() as directory, claimed_octet() as octet:
        process = multiprocessing.get_context("spawn").Process(target=_serve, args=(directory, octet, theirs))
        process.start()
        ours.recv()
        scene = write_scene(Lab(on_octet(article_lab(), octet), Path(directory) / ".lab"), Path(directory))
        os.environ.update(scene.environment)
        yield scene
        ours.send("stop")
        process.join()


def rows() -> Iterator[Row]:
    with _scene() as scene:
        world, documents = scene.world(), scene.documents()
        converge(world, documents, CUBE)
        time.sleep(SETTLE_SECONDS)
        previous = converge(world, documents, CUBE)
        gc.collect()
        gc.freeze()  # what other measurements left in this process is no work of a daemon
        taken = []
        for _ in range(ROUNDS):
            started = time.process_time()
            previous = world.run_pass(documents, "r1", CUBE, PassOptions(previous))
            world.journal.record(previous)
            taken.append((time.process_time() - started) * 1000)
        world.close()
    assert previous.result == "converged", previous.failure
    cpu = statistics.median(taken)
    yield Row("CPU of a whole pass of an unchanged CUBE, ms", f"{cpu:.2f} ms", "no peer: absolute", cpu, GOAL_MILLISECONDS)
