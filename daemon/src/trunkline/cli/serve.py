"""`trunkline run`: the daemon in the foreground."""

from trunkline.cli.app import SettingsOption, app, say
from trunkline.cli.signals import graceful
from trunkline.journal.lock import exclusive
from trunkline.service.composing import source_of, world_of
from trunkline.service.daemon import Daemon
from trunkline.settings import SyslogSettings, load
from trunkline.web.app import Listener, create_app
from trunkline.web.exposition import Exposition

CLOCK_SECONDS = 5.0


@app.command()
def run(settings: SettingsOption = None) -> None:
    """Keep everything reconciled until SIGTERM or Ctrl-C; the step at hand is finished first. Exit 0, or 2: error."""
    chosen = load(settings)
    world = world_of(chosen)
    with graceful() as stopping, exclusive(world.journal.engine):
        written = Exposition()
        daemon = Daemon(world, source_of(chosen), chosen.workers, on_pass=written.prepare)
        listener = Listener(create_app(daemon, written), chosen.http.host, chosen.http.port)
        heard_on = _listen(daemon, chosen.syslog)
        say(f"trunkline: http://{chosen.http.host}:{listener.port}/metrics")
        if heard_on:
            say(f"trunkline: syslog on {chosen.syslog.host} port {heard_on}, UDP and TCP")
        try:
            daemon.start()
            while not stopping.asked.wait(CLOCK_SECONDS):
                daemon.mind_clock()
            say("trunkline: finishing the step at hand")
        finally:
            daemon.stop()
            listener.stop()


def _listen(daemon: Daemon, stated: SyslogSettings) -> int:
    """The port; 0 where none is stated. Raises Stalled where it cannot be had."""
    return 0 if stated.port is None else daemon.listening.open(stated.host, stated.port, stated.relays)
