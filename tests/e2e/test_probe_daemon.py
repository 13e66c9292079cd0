"""A daemon whose settings give the probe an identity: its figures are in /metrics, its key is nowhere."""

from datetime import UTC, datetime
from pathlib import Path

from support.daemon import assert_no_traceback, wait_for
from support.estate import estate_lab, sites, write_estate
from trunkline.twin.ca import Wish, new_key
from trunkline.twin.lab.lab import Lab

SITE = "edge"
PAGES = ("/metrics", "/", "/certificates", "/api/v1/passes", f"/api/v1/links/{SITE}")


def test_a_cube_that_is_only_watched_is_measured_with_the_operators_identity(tmp_path: Path, octet: int) -> None:
    members = sites([SITE], {})
    with Lab(estate_lab(members, octet), tmp_path / ".lab") as lab:
        estate = write_estate(lab, tmp_path, members)
        held = lab.authority.issue(Wish("our own probe", datetime.now(UTC), 10), new_key("ec", 256))
        certificate, key = tmp_path / "probe.pem", tmp_path / "probe.key"
        certificate.write_text(held.pem + lab.authority.issuer.pem)
        key.touch(mode=0o600)
        key.write_text(held.key_pem)
        estate.scene.write_settings(probe=f'{{certificate = "{certificate}", key = "{key}"}}')
        with estate.daemon as daemon:
            end = {"device": f"cube/{SITE}", "end": f"cube/{SITE}"}
            wait_for("the CUBE is probed", lambda: daemon.sample("trunkline_probe_success", **end) == 1)
            assert daemon.sample("trunkline_probe_timestamp_seconds", **end)
            look = daemon.passes()[SITE]["targets"][f"wire/{SITE}"]["facts"]["looks"][f"cube/{SITE}"]
            assert look["is_success"] is True and look["reason"] is None and look["doubts"] == []
            shown = "".join(daemon.get(page).text for page in PAGES) + daemon.log()
            assert daemon.stop() == 0
        assert f"the probe's certificate {certificate} ends" in daemon.log(), "it is warned two weeks before"
    secret = held.key_pem.splitlines()[1]
    assert secret not in shown + daemon.log() and "PRIVATE KEY" not in shown + daemon.log()
    assert secret.encode() not in (tmp_path / "state" / "journal.db").read_bytes()
    assert_no_traceback(daemon.log())
