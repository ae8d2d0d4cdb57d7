"""Codes of an app: those of RFC 6238, how long each counts, that none counts twice; how codes are typed."""

import string
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from placement.domain.second_step import (
    SYMBOLS,
    SYMBOLS_IN_CODE,
    app_address,
    half_minute_of,
    in_groups,
    is_app_code,
    tidy,
)
from tests.factories.signing_in import APP_KEY, app_code

HALF_MINUTE = timedelta(seconds=30)
RFC_6238 = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}
"""The codes of appendix B, by the second at which they are shown; ours are their last six digits."""

moments = st.datetimes(datetime(2026, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
keys = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=32, max_size=32)


def number(at: datetime) -> int:
    """Which half minute that is, counted as the RFC does."""
    return int(at.timestamp()) // 30


@pytest.mark.parametrize("second", RFC_6238)
def test_the_codes_are_those_of_the_rfc(second: int) -> None:
    at = datetime.fromtimestamp(second, UTC)
    assert half_minute_of(APP_KEY, RFC_6238[second][-6:], now=at, after=None) == second // 30


@given(keys, moments, st.integers(-3, 3))
def test_a_code_counts_in_its_half_minute_and_in_those_beside_it_alone(
    key: str, now: datetime, steps: int
) -> None:
    code, near = app_code(now + steps * HALF_MINUTE, key=key), (-1, 0, 1)
    assume(steps in near or code not in {app_code(now + near_by * HALF_MINUTE, key=key) for near_by in near})
    found = half_minute_of(key, code, now=now, after=None)
    if steps in near:
        assert found is not None
        assert app_code(datetime.fromtimestamp(found * 30, UTC), key=key) == code
    else:
        assert found is None


@given(keys, st.lists(st.tuples(moments, st.integers(-1, 1)), max_size=8))
def test_no_half_minute_counts_twice_or_after_a_later_one(
    key: str, tries: list[tuple[datetime, int]]
) -> None:
    taken: list[int] = []
    for now, steps in sorted(tries):
        for _ in range(2):
            found = half_minute_of(
                key, app_code(now + steps * HALF_MINUTE, key=key), now=now, after=max(taken, default=None)
            )
            if found is not None:
                taken.append(found)
    assert taken == sorted(set(taken))


@given(moments)
def test_the_next_code_counts_when_the_present_one_is_used(now: datetime) -> None:
    following = app_code(now + HALF_MINUTE)
    assume(following != app_code(now))
    assert half_minute_of(APP_KEY, following, now=now, after=number(now)) == number(now) + 1


@given(st.text(max_size=40), moments)
def test_whatever_else_is_typed_is_wrong(typed: str, now: datetime) -> None:
    assume(typed not in {app_code(now + steps * HALF_MINUTE) for steps in (-1, 0, 1)})
    assert half_minute_of(APP_KEY, typed, now=now, after=None) is None


def test_the_address_for_the_app_names_the_service_and_the_person() -> None:
    parts = urlsplit(app_address(APP_KEY, "ada+1@people.example"))
    told = parse_qs(parts.query)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert unquote(parts.path) == "/Placement:ada+1@people.example"
    assert (told["secret"], told["issuer"]) == ([APP_KEY], ["Placement"])


@given(st.text(SYMBOLS, min_size=SYMBOLS_IN_CODE, max_size=SYMBOLS_IN_CODE), st.sampled_from(["-", " ", ""]))
def test_a_recovery_code_may_be_typed_in_small_letters_and_any_groups(code: str, between: str) -> None:
    typed = f" {in_groups(code.lower(), between=between)} "
    assert tidy(typed) == code
    assert tidy(typed.replace("0", "o").replace("1", "l")) == code


def test_recovery_codes_have_no_letters_that_look_like_others() -> None:
    assert set(string.digits + string.ascii_uppercase) - set(SYMBOLS) == set("ILOU")
    assert len(set(SYMBOLS)) == 32


@pytest.mark.parametrize(("typed", "app"), [("123 456", True), ("12345", False), ("1234567", False)])
def test_six_numbers_are_a_code_of_the_app(typed: str, app: bool) -> None:
    assert is_app_code(tidy(typed)) is app
