"""Patience, and what a failed connection means."""

import ssl

import pytest
import requests

from trunkline.devices.cucm.access import ConnectionLost, Patience, connection_error
from trunkline.model.errors import AccessRefused, DeviceBusy, DeviceRefused, DeviceUnreachable


class Questions:
    """Fails so many times, then answers."""

    def __init__(self, error: Exception, times: int) -> None:
        self.error, self.left, self.asked = error, times, 0

    def __call__(self) -> str:
        self.asked += 1
        self.left -= 1
        if self.left >= 0:
            raise self.error
        return "answer"


@pytest.mark.parametrize(
    ("error", "times", "asked", "is_answered"),
    [
        (DeviceBusy("later"), 4, 5, True),
        (DeviceBusy("later"), 5, 5, False),
        (ConnectionLost("broken"), 1, 2, True),
        (ConnectionLost("broken"), 2, 2, False),
        (DeviceUnreachable("down"), 1, 1, False),
        (DeviceRefused("no"), 1, 1, False),
        (AccessRefused("who"), 1, 1, False),
    ],
)
def test_only_what_may_pass_is_asked_again(error: Exception, times: int, asked: int, is_answered: bool) -> None:
    questions, patience = Questions(error, times), Patience(sleep=lambda _seconds: None)
    if is_answered:
        assert patience.ask(questions) == "answer"
    else:
        with pytest.raises(type(error)):
            patience.ask(questions)
    assert questions.asked == asked


def test_waits_grow_and_stay_below_the_longest() -> None:
    waits: list[float] = []
    patience = Patience(attempts=9, longest_wait_seconds=20, sleep=waits.append)
    with pytest.raises(DeviceBusy):
        patience.ask(Questions(DeviceBusy("later"), 99))
    assert waits[0] >= 1 and waits[:4] == sorted(waits[:4]) and max(waits) <= 20 and patience.throttled == 9


def verification(code: int) -> requests.exceptions.SSLError:
    error = ssl.SSLCertVerificationError(1, "failed")
    error.verify_code, error.verify_message = code, "words of OpenSSL"
    return requests.exceptions.SSLError(error)


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (verification(62), AccessRefused, "does not bear the name n.example.com"),
        (verification(10), AccessRefused, "has expired"),
        (verification(20), AccessRefused, "not signed by the pinned CA (words of OpenSSL)"),
        (requests.exceptions.SSLError("wrong version number"), DeviceUnreachable, "does not speak TLS as expected"),
        (requests.exceptions.ConnectTimeout("https://u:p@x"), DeviceUnreachable, "no answer in time"),
        (requests.exceptions.ReadTimeout("slow"), DeviceUnreachable, "no answer in time"),
        (requests.exceptions.ConnectionError("refused"), ConnectionLost, "the connection failed"),
        (requests.exceptions.ChunkedEncodingError("cut"), ConnectionLost, "the connection failed"),
    ],
)
def test_each_failure_has_its_class_and_its_cure(error: requests.RequestException, kind: type, words: str) -> None:
    made = connection_error("AXL on x", "n.example.com", error)
    assert type(made) is kind and words in str(made) and "u:p" not in str(made)
