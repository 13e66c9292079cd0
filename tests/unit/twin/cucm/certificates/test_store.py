"""One certificate for each common name."""

from datetime import UTC, datetime, timedelta

from trunkline.twin.ca import Wish, new_key, self_signed
from trunkline.twin.cucm.certificates.store import TrustEntry, TrustStore, peer_names

KEY, NOW = new_key("ec", 256), datetime.now(UTC)


def entry(name: str, age_days: int = 0, organization: str = "") -> TrustEntry:
    wish = Wish(name, NOW - timedelta(days=age_days), names=(name, "other.example.com"), organization=organization)
    return TrustEntry(self_signed(wish, KEY).certificate)


def test_a_later_one_replaces_and_an_earlier_one_does_not_get_in() -> None:
    store, first, later = TrustStore(), entry("a", 5), entry("a", 1, "another organisation")
    assert store.put(first) and store.put(later) and not store.put(first)
    assert store.entries == [later]


def test_other_names_stay() -> None:
    store = TrustStore([entry("a")])
    assert store.put(entry("b")) and len(store.entries) == 2


def test_a_file_is_named_by_common_name_and_serial_number() -> None:
    held = entry("Cisco Root CA")
    assert held.filename == f"Cisco_Root_CA_{held.certificate.serial_number:x}.pem"
    assert TrustStore([held]).named(held.filename) is held


def test_removing_what_is_not_there_changes_nothing() -> None:
    store = TrustStore([entry("a")])
    store.remove(entry("a").certificate)
    assert len(store.entries) == 1


def test_a_peer_is_known_by_cn_and_dns_names_in_any_case() -> None:
    assert peer_names(entry("VG-Yohur.example.com").certificate) == {"vg-yohur.example.com", "other.example.com"}
