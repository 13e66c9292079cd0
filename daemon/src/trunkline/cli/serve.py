"""`trunkline run`: the daemon in the foreground."""

import logging
import signal
import threading

from trunkline.cli.app import SettingsOption, app, say, settings_of
from trunkline.cli.reconcile import source_of, world_of
from trunkline.service.daemon import Daemon
from trunkline.web.app import Listener, create_app

LOG = logging.getLogger("trunkline")


@app.command()
def run(settings: SettingsOption = None) -> None:
    """Keep everything reconciled until SIGTERM or Ctrl-C; the step at hand is finished first."""
    chosen = settings_of(settings)
    daemon = Daemon(world_of(chosen), source_of(chosen), chosen.workers)
    listener = Listener(create_app(daemon), chosen.http.host, chosen.http.port)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    say(f"trunkline: http://{chosen.http.host}:{listener.port}/metrics")
    try:
        daemon.start()
        ended.wait()
        say("trunkline: finishing the step at hand")
    finally:
        daemon.stop()
        listener.stop()
