"""Passwords and sessions of AXL."""

import base64

import pytest
from starlette.requests import Request
from starlette.responses import Response

from trunkline.twin.cucm.web.access import IDLE_SECONDS, AxlUser, AxlUsers, credentials_in


def request(*, basic: str | None = None, cookie: str | None = None) -> Request:
    headers = []
    if basic is not None:
        headers.append((b"authorization", b"Basic " + base64.b64encode(basic.encode())))
    if cookie is not None:
        headers.append((b"cookie", f"JSESSIONIDSSO={cookie}".encode()))
    return Request({"type": "http", "headers": headers})


@pytest.fixture
def now() -> list[float]:
    return [0.0]


@pytest.fixture
def users(now: list[float]) -> AxlUsers:
    return AxlUsers({"u": AxlUser("p:w")}, clock=lambda: now[0])


def logged_in(users: AxlUsers) -> str:
    users.welcome(request(basic="u:p:w"), Response())
    return next(iter(users.sessions))


def test_a_password_may_hold_a_colon(users: AxlUsers) -> None:
    assert users.user_of(request(basic="u:p:w")) is users.users["u"]


@pytest.mark.parametrize("basic", ["u:wrong", "x:p:w", "", "u"])
def test_wrong_credentials_are_401(users: AxlUsers, basic: str) -> None:
    assert users.user_of(request(basic=basic)) == 401


def test_half_an_hour_of_silence_ends_a_session_and_use_prolongs_it(users: AxlUsers, now: list[float]) -> None:
    cookie = logged_in(users)
    for _ in range(3):
        now[0] += IDLE_SECONDS - 1
        assert users.user_of(request(cookie=cookie)) is users.users["u"]
    now[0] += IDLE_SECONDS + 1
    assert users.user_of(request(cookie=cookie)) == 404


def test_a_made_up_cookie_is_404_and_credentials_count_before_it(users: AxlUsers) -> None:
    assert users.user_of(request(cookie="made-up")) == 404
    assert users.user_of(request(cookie="made-up", basic="u:p:w")) is users.users["u"]
    assert users.user_of(request(cookie=logged_in(users), basic="u:wrong")) == 401


def test_a_session_begins_with_a_password_only(users: AxlUsers) -> None:
    users.welcome(request(cookie="x"), Response())
    assert users.sessions == {}


def test_what_is_no_basic_header_holds_no_credentials() -> None:
    for value in (b"Bearer abc", b"Basic !!!", b"Basic"):
        assert credentials_in(Request({"type": "http", "headers": [(b"authorization", value)]})) == ("", "")


def test_no_password_is_shown() -> None:
    assert "secret" not in repr(AxlUsers({"u": AxlUser("secret")}))
