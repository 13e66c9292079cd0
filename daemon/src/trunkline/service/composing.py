"""From settings to the real things: the source and the world of devices."""

from trunkline.journal.sql import SqlJournal, open_engine
from trunkline.service.reaching.issuing import Places
from trunkline.service.reaching.reach import Answered, unheard
from trunkline.service.reaching.stated import StatedIdentity
from trunkline.service.world import World
from trunkline.settings import Settings, resolve
from trunkline.source.git import GitSource
from trunkline.source.place import GitPlace
from trunkline.views import document


def source_of(settings: Settings) -> GitSource:
    stated = settings.source

    def secret(reference: str) -> str:
        return resolve(reference, settings.secrets_directory) if reference else ""

    place = GitPlace(
        stated.url,
        stated.branch,
        stated.folder,
        stated.username,
        secret(stated.password),
        stated.ssh_key,
        secret(stated.ssh_passphrase),
        stated.known_hosts,
        stated.ca,
    )
    return GitSource(place, settings.state_directory / "cache")


def stated_identity_of(settings: Settings) -> StatedIdentity:
    return StatedIdentity(settings.probe.certificate, settings.probe.key)


def world_of(settings: Settings, answered: Answered = unheard) -> World:
    journal = SqlJournal(open_engine(settings.journal), document.of_pass)
    return World(journal, Places.of(settings), settings.state_directory / "cache", stated_identity_of(settings), answered)
