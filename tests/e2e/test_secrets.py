"""A secret is in no output, log, page, metric or file that trunkline makes, whatever goes wrong."""

import base64
from collections.abc import Iterator
from dataclasses import replace

import pytest

from support.daemon import assert_no_traceback, wait_for
from support.estate import Estate, estate_lab, sites, write_estate
from support.octets import claimed_octet
from trunkline.twin.cucm.web.access import AxlUser, PlatformUser
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.person import type_by_ssh
from trunkline.twin.lab.spec import AXL_USER, CUBE_USER, PLATFORM_USER

RIGHT = {
    "cube-password": "canary-Cube-7f3a91",
    "cube-enable": "canary-Enable-c0fe42",
    "axl-password": "canary-Axl-91bc07",
    "platform-password": "canary-Platform-55de13",
}
WRONG = {name: f"{value}-wrong" for name, value in RIGHT.items()}
ON_THE_DEVICE = "canary-Sip-3c3c08"
PAGES = ("/", "/metrics", "/healthz", "/readyz", "/api/v1/links", "/api/v1/passes", "/api/v1/links/good", "/no-such-page")
SITES = ("good", *WRONG)


def _spellings(secret: str) -> Iterator[bytes]:
    """As it is, and as a Basic header carries it."""
    yield secret.encode()
    for user, _ in (CUBE_USER, AXL_USER, PLATFORM_USER):
        yield base64.b64encode(f"{user}:{secret}".encode()).rstrip(b"=")[:-1]


def _set_canaries(estate: Estate) -> None:
    """On the devices and in the secret files; each site but the first is given one that is wrong."""
    for name in SITES:
        router, cluster = estate.router(name), estate.cluster(name)
        users = {CUBE_USER[0]: RIGHT["cube-password"]}
        router.identity = replace(router.identity, users=users, enable_password=RIGHT["cube-enable"])
        cluster.axl_users.users[AXL_USER[0]] = AxlUser(RIGHT["axl-password"])
        for known in cluster.platform_users.values():
            known[PLATFORM_USER[0]] = PlatformUser(RIGHT["platform-password"])
        for secret, value in RIGHT.items():
            estate.put_secret(name, secret, WRONG[secret] if secret == name else value)
    type_by_ssh(estate.lab, "good", ("sip-ua", f"authentication username bob password 0 {ON_THE_DEVICE}"))
    assert any(ON_THE_DEVICE in line for line in estate.router("good").text_lines())


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, bytes]]:
    """Everything that trunkline says or keeps, by where it was found."""
    directory = tmp_path_factory.mktemp("secrets")
    members = sites(SITES, {})
    with claimed_octet() as octet, Lab(estate_lab(members, octet), directory / ".lab") as lab:
        estate = write_estate(lab, directory, members)
        _set_canaries(estate)
        with estate.daemon as daemon:
            daemon.wait_ready("good")
            wait_for("every wrong secret", lambda: all(_is_refused(estate, name) for name in WRONG))
            found = {page: daemon.get(page).content for page in PAGES}
            assert daemon.stop() == 0
        assert_no_traceback(daemon.log())
        found["the log"] = daemon.log().encode()
        for words in (("plan",), ("plan", "--format", "json"), ("apply",), ("status", "--format", "json"), ("why", "good")):
            done = estate.scene.trunkline(*words, "--settings", str(daemon.settings))
            assert_no_traceback(done.stderr)
            found[" ".join(words)] = (done.stdout + done.stderr).encode()
        state = directory / "state"
        found |= {str(path.relative_to(directory)): path.read_bytes() for path in state.rglob("*") if path.is_file()}
        yield found


def _is_refused(estate: Estate, site: str) -> bool:
    return estate.daemon.conditions(site).get("Observed", {}).get("reason") == "AccessRefused"


@pytest.mark.parametrize("secret", [*RIGHT.values(), *WRONG.values(), ON_THE_DEVICE])
def test_a_secret_leaves_no_trace(traces: dict[str, bytes], secret: str) -> None:
    assert [where for where, content in traces.items() if any(spelt in content for spelt in _spellings(secret))] == []


def test_the_traces_are_not_empty(traces: dict[str, bytes]) -> None:
    """What is searched is what it claims to be."""
    assert b"good" in traces["/metrics"] and b"good" in traces["plan --format json"]
    assert any(name.endswith("journal.db") and len(content) > 10_000 for name, content in traces.items())
    assert b"the CUBE refuses the password" in traces["the log"]
