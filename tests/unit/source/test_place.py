"""What may be said of a source aloud."""

from pathlib import Path

import pytest

from trunkline.source.place import GitPlace

CANARY = "canary-7f3a"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"https://robot:{CANARY}@git.example.com/x.git", "https://git.example.com/x.git"),
        (f"https://{CANARY}@git.example.com/x.git", "https://git.example.com/x.git"),
        ("ssh://git@git.example.com/x.git", "ssh://git.example.com/x.git"),
        ("git@git.example.com:x.git", "git@git.example.com:x.git"),
        ("https://git.example.com/x.git", "https://git.example.com/x.git"),
        ("/srv/x.git", "/srv/x.git"),
    ],
)
def test_a_url_is_shown_without_its_password(url: str, shown: str) -> None:
    assert GitPlace(url).shown == shown
    assert CANARY not in repr(GitPlace(url, password=CANARY, ssh_passphrase=CANARY))


@pytest.mark.parametrize("url", [f"https://robot:{CANARY}@h/x", "https://h/x", "https://robot:canary%2D7f3a@h/x"])
def test_somebody_elses_message_is_redacted(url: str) -> None:
    place = GitPlace(url, password=CANARY)
    assert CANARY not in place.redacted(f"cannot reach {url}: {CANARY} was refused")


@pytest.mark.parametrize("url", ["https://h/x.git", "ssh://git@h/x.git", "git@h:x.git", "file://elsewhere/x.git", "git://h/x"])
def test_what_is_remote(url: str) -> None:
    assert GitPlace(url).local_path is None


@pytest.mark.parametrize(
    ("url", "path"), [(".", "."), ("/srv/x", "/srv/x"), ("file:///srv/a%20b", "/srv/a b"), ("./a:b", "./a:b")]
)
def test_what_is_local(url: str, path: str) -> None:
    assert GitPlace(url).local_path == Path(path)


def test_branches_do_not_share_a_mirror_and_a_new_password_does_not_make_a_new_one() -> None:
    first = GitPlace("https://robot:a@h/x")
    assert first.mirror_name == GitPlace("https://robot:b@h/x").mirror_name
    assert first.mirror_name != GitPlace("https://robot:a@h/x", branch="next").mirror_name
