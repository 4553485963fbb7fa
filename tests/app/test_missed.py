"""What a plan misses, in words: short ones that name the worst, and never round a miss away."""

from __future__ import annotations

from typing import Any

from busyhour.app.missed import goals_told, missed_lines, missed_words


def entry(start: str, simulated: float, goal: float = 0.8, period: str = "day", queue: str = "calls") -> dict[str, Any]:
    """Return an entry of goals_missed; an interval with a goal of a half is one below its floor."""
    return {
        "queue": queue, "period": period, "start": start, "goal": goal, "simulated": simulated,
        "ci_lo": simulated - 0.01, "ci_hi": simulated + 0.01, "is_floor": goal == 0.5,
    }  # fmt: skip


def summary(*missed: dict[str, Any], queues: int = 1, **more: Any) -> dict[str, Any]:
    """Return what a summary tells of goals."""
    goals = dict.fromkeys(["calls", "chat", "mail", "fax", "post"][:queues], "80/20 of offered by day")
    return {"goals_missed": list(missed), "goals": goals, "interval_min": 30, "simulation": {"runs": 256}, **more}


WED, SAT = entry("2026-10-21T00:00:00+02:00", 0.789), entry("2026-10-24T00:00:00+02:00", 0.793)


def test_days_of_one_queue_stand_in_one_line() -> None:
    assert missed_lines(summary(WED, SAT)) == ["Goal missed: Wed 78.9 %, Sat 79.3 % of 80"]


def test_queues_are_named_where_there_are_several() -> None:
    chat = entry("2026-10-19T00:00:00+02:00", 0.6, 0.7, "week", "chat")
    assert missed_lines(summary(WED, chat, queues=2)) == [
        "Goal missed: calls Wed 78.9 % of 80; chat the week 60.0 % of 70"
    ]
    many = [WED | {"queue": q} for q in ("calls", "chat", "mail")] + [SAT | {"queue": "fax", "simulated": 0.4}]
    assert missed_lines(summary(*many, queues=5)) == ["Goal missed in 4 days, worst fax Sat 40.0 % of 80"]


def test_intervals_are_counted_and_the_worst_is_named() -> None:
    floors = [entry(f"2026-10-19T{h:02d}:00:00+02:00", s, 0.5, "interval") for h, s in ((8, 0.41), (9, 0.48))]
    assert missed_lines(summary(*floors)) == ["Floor missed in 2 half-hours, worst Mon 08:00 41 % of 50"]
    assert missed_lines(summary(floors[1], interval_min=60)) == ["Floor missed in 1 hour, worst Mon 09:00 48 % of 50"]
    assert missed_lines(summary(floors[1], interval_min=20))[0].startswith("Floor missed in 1 interval,")
    goals = [f | {"goal": 0.8, "is_floor": False} for f in floors]
    assert missed_lines(summary(WED, *goals, *floors)) == [
        "Goal missed: Wed 78.9 % of 80",
        "Goal missed in 2 half-hours, worst Mon 08:00 41 % of 80",
        "Floor missed in 2 half-hours, worst Mon 08:00 41 % of 50",
    ]


def test_a_miss_is_never_rounded_away() -> None:
    assert missed_lines(summary(WED | {"simulated": 0.79996})) == ["Goal missed: Wed 79.996 % of 80"]
    floor = entry("2026-10-19T08:00:00+02:00", 0.4996, 0.5, "interval")
    assert missed_lines(summary(floor)) == ["Floor missed in 1 half-hour, worst Mon 08:00 49.96 % of 50"]


def test_what_holds_what_nobody_knows_and_what_older_runs_leave_out_differ() -> None:
    assert goals_told(summary()) == "every goal and floor holds by simulation"
    assert goals_told(summary(simulation=None)) == "not simulated"
    assert goals_told({"simulation": {"runs": 256}}) == ""
    assert [missed_words(s) for s in (summary(), summary(WED), {})] == ["", "goals are missed", ""]
    assert missed_words(summary(WED | {"is_floor": True})) == "floors are missed"
