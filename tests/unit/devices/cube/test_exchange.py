"""How long silence is borne."""

from trunkline.devices.cube.session.exchange import Exchange
from trunkline.devices.cube.session.prompts import Prompts


class Slow:
    """A connection that writes down how long it may be silent."""

    is_open = True

    def __init__(self) -> None:
        self.borne: list[float] = []
        self._answers: list[bytes] = []

    def write_channel(self, out_data: str) -> None:
        self._answers = [out_data.encode(), b"x#"]

    def receive(self, seconds: float) -> bytes:
        self.borne.append(seconds)
        return self._answers.pop(0)

    def end(self) -> None:
        raise AssertionError("nothing went wrong")


def test_a_key_may_take_minutes_and_everything_else_may_not() -> None:
    connection = Slow()
    exchange = Exchange(connection, "x", 60)
    exchange.prompts = Prompts("x")
    with exchange.patience(600):
        exchange.send("crypto key generate rsa general-keys label a modulus 4096")
    assert set(connection.borne) == {600}
    connection.borne.clear()
    exchange.send("show clock")
    assert set(connection.borne) == {60}
