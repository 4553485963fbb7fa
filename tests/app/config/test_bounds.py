"""Every number of plan.toml has bounds, and what TOML allows but no planner means is refused with its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.fuzz_desk import PLAN
from busyhour.app.config.plan_toml import plan_of
from busyhour.forecast.errors import InputError

NUMBERS = [
    (line.partition(" ")[0], number)
    for number, line in enumerate(PLAN.split("\n"))
    if "=" in line
    and not line.startswith("queue.")
    and line.partition("= ")[2][:1].isdigit()
    and not line.startswith("week")
]
"""Key and line of every number that the plan sets."""


def with_line(number: int, text: str) -> bytes:
    """Return the plan with another value in a line."""
    lines = PLAN.split("\n")
    lines[number] = f"{lines[number].partition('=')[0]}= {text}"
    return "\n".join(lines).encode()


@pytest.mark.parametrize(("key", "number"), NUMBERS)
@pytest.mark.parametrize("text", ["nan", "-inf", "-1", "1e300", "9" * 40, "[]", '"text"', "2026-10-19"])
def test_a_number_that_cannot_be_meant_is_refused(key: str, number: int, text: str) -> None:
    with pytest.raises(InputError, match=rf"^plan\.toml, key [\w.]*\b{key}\b.*: "):
        plan_of(with_line(number, text), Path("plan.toml"))


@pytest.mark.parametrize(("key", "number"), [n for n in NUMBERS if n[0] != "patience_s"])
def test_only_patience_may_be_infinite(key: str, number: int) -> None:
    with pytest.raises(InputError, match=rf"^plan\.toml, key [\w.]*\b{key}\b"):
        plan_of(with_line(number, "inf"), Path("plan.toml"))


@pytest.mark.parametrize(("key", "number"), NUMBERS)
def test_true_is_no_number(key: str, number: int) -> None:
    with pytest.raises(InputError, match=r"^plan\.toml, key "):
        plan_of(with_line(number, "true"), Path("plan.toml"))


def test_callers_may_wait_for_ever() -> None:
    line = next(number for key, number in NUMBERS if key == "patience_s")
    assert plan_of(with_line(line, "inf"), Path("plan.toml"))[0].queue["calls"].patience_s == float("inf")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Europe/Berlin", "../../etc/passwd", "key site.zone: unknown time zone"),
        ("Europe/Berlin", "Europe", "key site.zone: unknown time zone"),
        ("Europe/Berlin", "x" * 300, "key site.zone: unknown time zone"),
        ("week = 2026-10-19", "week = 0001-01-01", "key site.week: year outside 1970 to 2200"),
        ("week = 2026-10-19", "week = 9999-12-27", "key site.week: year outside"),
        ("interval_min = 60", "interval_min = 7", "key site.interval_min: does not divide a day"),
        ("max_h_week = 20", "max_h_week = 400", "part.max_h_week: Expected 0 <= min_h_week <= max_h_week <= 168"),
        ("min_h_week = 4", "min_h_week = 40", "part.min_h_week: Expected 0 <= min_h_week <= max_h_week <= 168"),
        ("[scenario.more]", "[scenario]\nmore = 1\n[other]", "unknown scenario"),
    ],
)
def test_other_values_are_refused_by_their_key(old: str, new: str, told: str) -> None:
    with pytest.raises(InputError) as error:
        plan_of(PLAN.replace(old, new).encode(), Path("plan.toml"), "more" if "scenario" in old else None)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("raw", "told"),
    [(b"x = " + b"[" * 100_000, "nested too deep"), (b"x = " + b"9" * 5000, "cannot be read"),
     (b"\xff", "not UTF-8 text"), (b"a\0b", "NUL"), (b"x = 1\nx = 2", "not TOML: key x stands in row 1 already"),
     (b"x = 2026-02-30", "not TOML"), (b"x =", "not TOML"), (b"scenario = 1", "key scenario.: not a table"),
     (b"[shift]\nx = 1", "must be a table"), (b"queue = []", "queue: not a table")],
)  # fmt: skip
def test_text_that_is_no_plan_is_one_clear_error(raw: bytes, told: str) -> None:
    with pytest.raises(InputError, match=r"^plan\.toml") as error:
        plan_of(raw, Path("plan.toml"))
    assert told in str(error.value)
