"""What distinguishes the releases, seen from a session."""

import pytest

from support.console import Console, make_router
from trunkline.twin.cube.trains import TRAINS
from trunkline.twin.lab.spec import article_cube, busan_cube

ALL = tuple(TRAINS)


def test_the_releases_are_those_that_matter() -> None:
    assert ALL == ("15.6", "16.12", "17.6", "17.9", "17.15", "17.18", "26.1")


@pytest.mark.parametrize("train", ALL)
@pytest.mark.parametrize("text", [article_cube().config, busan_cube().config], ids=["article", "busan"])
def test_every_release_starts_from_the_labs_configurations_and_prints_every_line(train: str, text: str) -> None:
    shown = Console(make_router(train, text)).ask("show running-config")
    assert f"version {train}" in shown
    words = {" ".join(line.split()) for line in shown}
    wanted = {" ".join(line.split()) for line in text.splitlines() if line.strip(" !") and line[:7] not in ("version", "end")}
    assert wanted <= words


@pytest.mark.parametrize(
    ("train", "words"),
    [
        ("15.6", ["Local-Address"]),
        ("16.12", ["Local-Address", "TLS-Version", "Cipher", "Curve"]),
        ("17.6", ["Local-Address", "TLS-Version", "Cipher", "Curve"]),
        ("17.9", ["Local-Address", "TLS-Version", "Cipher", "Curve", "Tenant"]),
        ("17.15", ["Local-Address", "TLS-Version", "Cipher", "Curve", "Tenant"]),
        ("26.1", ["Local-Address", "TLS-Version", "Cipher", "Curve", "Tenant"]),
    ],
)
def test_columns_of_the_connection_table(train: str, words: list[str]) -> None:
    from trunkline.twin.cube.siptls.shows import COLUMNS, HEAD, RULE

    head, rule = COLUMNS[TRAINS[train].layout]
    assert head.split() == words
    assert len(rule.split()) == len(words)
    assert len(HEAD) == len(RULE)


@pytest.mark.parametrize("train", ALL)
def test_signalling_lines_are_printed_with_the_blanks_of_the_release(train: str) -> None:
    config = "sip-ua\n crypto signaling remote-addr 10.0.0.1 255.255.255.255 trustpoint T strict-cipher\n"
    shown = Console(make_router(train, config)).ask("show running-config | section ^sip-ua")
    line = "crypto signaling remote-addr 10.0.0.1 255.255.255.255 trustpoint T strict-cipher"
    too_deep = f"  {line.replace(' trustpoint', '  trustpoint')}  "
    assert shown == ["sip-ua ", too_deep if train == "17.18" else f" {line} "]
