"""What an enemy, or a program with a mistake, may alter in a finished run: a row per fault."""

# ruff: noqa: E501 - one fault, one row

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from forger import Forger, Pick, Row


@dataclass(frozen=True)
class Planted:
    """A fault: how it is planted, and the rule and words by which it is told; `signed` = hashes are made anew."""

    name: str
    rule: str
    words: str
    edit: Callable[[Forger], None]
    named: bool = True
    signed: bool = True
    inputs: bool = True


def where(**cells: str) -> Pick:
    """Pick the first row whose cells begin so."""
    return lambda row: all(row[c].startswith(text) for c, text in cells.items())


def filled(column: str) -> Pick:
    """Pick the first row with something above 0 in a column."""
    return lambda row: row[column] != "" and float(row[column]) > 0


def short(row: Row) -> bool:
    """Pick the first slot in which too few are on the phone."""
    return float(row["under"]) >= 1


def busy(row: Row) -> bool:
    """Pick the first slot in which somebody is on the phone and more are not needed."""
    return float(row["on_phone"]) >= 1 and float(row["over"]) >= 1


def cell(table: str, column: str, new: Any, pick: Pick = lambda _: True) -> Callable[[Forger], None]:
    return lambda f: f.cell(table, column, new, pick)


def drop(table: str, pick: Pick = lambda _: True) -> Callable[[Forger], None]:
    return lambda f: f.drop(table, pick)


def double(table: str, pick: Pick = lambda _: True, **changed: str) -> Callable[[Forger], None]:
    return lambda f: f.double(table, pick, **changed)


def figure(key: str, new: Any) -> Callable[[Forger], None]:
    return lambda f: f.figure(key, new)


def figures(**new: Any) -> Callable[[Forger], None]:
    return lambda f: f.figures(**new)


def text(name: str, old: str, new: str) -> Callable[[Forger], None]:
    return lambda f: f.text(name, old, new)


def both(*edits: Callable[[Forger], None]) -> Callable[[Forger], None]:
    """Plant several alterations of one fault."""

    def edit(f: Forger) -> None:
        for one in edits:
            one(f)

    return edit


def appended(name: str) -> Callable[[Forger], None]:
    """Add a blank line to a file."""
    return lambda f: (f.run / name).write_bytes((f.run / name).read_bytes() + b"\n") and None


def removed(name: str) -> Callable[[Forger], None]:
    return lambda f: (f.run / name).unlink()


def written(name: str, content: str) -> Callable[[Forger], None]:
    return lambda f: (f.run / name).write_text(content, encoding="utf-8") and None


def lowered_need(f: Forger) -> None:
    """Ask for one head less in a short slot, and tell the shortage by it."""
    f.cell("coverage", "under", lambda x: x - 1, short)
    table, i = (
        f.table("coverage"),
        f.row(
            "coverage",
            lambda r: (
                float(r["required"]) - float(r["on_phone"]) != float(r["under"])
                and float(r["required"]) > float(r["on_phone"])
            ),
        ),
    )
    table.loc[i, "required"] = str(float(str(table.loc[i, "required"])) - 1)
    f.write("coverage", table)


def heads_claimed(f: Forger) -> None:
    """Claim a head more in a short slot, and tell the shortage by it."""
    table, i = f.table("coverage"), f.row("coverage", short)
    table.loc[i, "on_phone"] = str(int(float(str(table.loc[i, "on_phone"]))) + 1)
    table.loc[i, "under"] = str(float(str(table.loc[i, "under"])) - 1)
    f.write("coverage", table)


def relabelled(what: str) -> Callable[[Forger], None]:
    """Call a stretch on the phone something else."""
    return both(
        lambda f: f.cell("activity", "activity", what, where(agent="a3", activity="phone")),
        lambda f: f.cell("activity", "queue", "", where(agent="a3", activity=what)),
    )


def swapped_queue(f: Forger) -> None:
    """Let somebody who can do both answer the other queue."""
    old = f.table("activity").loc[f.row("activity", where(agent="a2", activity="phone")), "queue"]
    f.cell("activity", "queue", "help" if old == "sales" else "sales", where(agent="a2", activity="phone"))


def moved_break(f: Forger) -> None:
    """Move the first break of a shift by a slot, within its window."""
    table, slot = f.table("activity"), pd.Timedelta(minutes=15)
    rows = table.to_dict("records")
    for i in range(1, len(rows) - 1):
        begin, now = i - 1, rows[i]
        while begin > 0 and (rows[begin - 1]["agent"], rows[begin - 1]["end"]) == (now["agent"], rows[begin]["start"]):
            begin -= 1
        start = pd.Timestamp(now["start"])
        if now["activity"] == "break" and start - pd.Timestamp(rows[begin]["start"]) == pd.Timedelta(minutes=90):
            later, end = ((start + k * slot).isoformat(timespec="minutes") for k in (1, 2))
            table.loc[i - 1, "end"] = table.loc[i, "start"] = later
            table.loc[i, "end"] = table.loc[i + 1, "start"] = end
            f.write("activity", table)
            return
    raise AssertionError("no break can be moved")


def shift_gone(f: Forger) -> None:
    """Leave one person's Wednesday out of the activity."""
    table = f.table("activity")
    f.write("activity", table[~((table["agent"] == "a4") & table["start"].str.startswith("2026-10-21"))])


def shift_gone_everywhere(f: Forger) -> None:
    """Leave it out of the roster too."""
    shift_gone(f)
    f.drop("roster", where(agent="a4", date="2026-10-21"))


def second_name(f: Forger) -> None:
    """Tell two chosen models."""
    f.double("backtest", where(queue="sales", chosen="1"), model="naive")


def both_volume(f: Forger) -> None:
    """Alter the calls of an interval, and their parts with them."""
    f.cell("volume", "calls", lambda x: x * 0.5)
    f.cell("volume_parts", "level", lambda x: x - f_calls(f))


def f_calls(f: Forger) -> float:
    """Return the calls of the first interval of the altered volume: as many as were taken away."""
    return float(str(f.table("volume").loc[0, "calls"]))


def cheaper(f: Forger) -> None:
    """Tell a lower cost in every place, wages and gap with it."""
    summary = f.summary
    cost, bound = summary["cost"] - 40, summary["bound"]
    f.figures(cost=cost, cost_wages=summary["cost_wages"] - 40, gap=max(0.0, cost - bound) / bound)
    f.figure("gap_history", lambda h: [*h[:-1], [h[-1][0], cost, bound]])


def cheaper_prices(name: str) -> Callable[[Forger], None]:
    """Tell a price lower by 5, and every sum with it."""

    def edit(f: Forger) -> None:
        summary = f.summary
        cost, bound = summary["cost"] - 5, summary["bound"]
        f.figure(f"cost_prices_parts.{name}", lambda x: x - 5)
        f.figures(cost=cost, cost_prices=summary["cost_prices"] - 5, gap=(cost - bound) / bound)
        f.figure("gap_history", lambda h: [*h[:-1], [h[-1][0], cost, bound]])

    return edit


def open_gap(stopped: str | None) -> Callable[[Forger], None]:
    """Tell a bound far below the plan, and that the search ended as if its gap were reached."""

    def edit(f: Forger) -> None:
        cost, bound, slots = f.summary["cost"], f.summary["cost"] / 1.5, f.summary["cost"] / 3 / (60 / 4)
        f.figures(bound=bound, gap=(cost - bound) / bound, gap_in_slots=slots, stopped=stopped, status="feasible")
        f.figure("gap_history", lambda h: [*h[:-1], [h[-1][0], cost, bound]])

    return edit


def bound_above(f: Forger) -> None:
    """Tell a bound above the cost."""
    f.figures(bound=f.summary["cost"] + 10, gap=0.0)
    f.figure("gap_history", lambda h: [*h[:-1], [h[-1][0], h[-1][1], f.summary["bound"]]])


def calendar(edit: Callable[[str], str]) -> Callable[[Forger], None]:
    """Alter the calendar of a3."""

    def altered(f: Forger) -> None:
        path = f.run / "calendars" / "a3.ics"
        before = path.read_bytes().decode("utf-8")
        after = edit(before)
        assert after != before
        path.write_bytes(after.encode("utf-8"))

    return altered


def without_event(content: str) -> str:
    """Return a calendar without its last event."""
    at = content.rindex("BEGIN:VEVENT")
    return content[:at] + content[content.index("END:VEVENT", at) + len("END:VEVENT\r\n") :]


def sheet_cell(column: int, new: Any) -> Callable[[Forger], None]:
    """Alter a cell of the first shift on the sheet Shifts."""
    return lambda f: f.sheet("Shifts", lambda sheet: sheet.cell(4, column, new) and None)


def moved_in_workbook(f: Forger) -> None:
    def edit(sheet: Any) -> None:
        sheet.cell(4, 5).value = sheet.cell(4, 5).value + pd.Timedelta(minutes=30)

    f.sheet("Shifts", edit)


def two_as_one(f: Forger) -> None:
    """Give two shifts of an anonymous plan one id: a day's first and the last of the week."""
    table = f.table("activity")
    f.write("activity", table.assign(agent=table["agent"].replace(table["agent"].iloc[-1], "shift-0001")))


MONDAY, LEAVE = "2026-10-19", {"agent": "a0", "activity": "leave"}

FILES = [
    Planted("a changed report", "files", "report.html is not the file", appended("report.html"), signed=False),
    Planted("a changed table", "files", "coverage.csv is not the file", appended("coverage.csv"), signed=False),
    Planted("a removed workbook", "files", "schedule.xlsx is missing", removed("schedule.xlsx"), signed=False),
    Planted("a changed log", "files", "run.log is not the file", appended("run.log"), signed=False),
    Planted("an edited input", "inputs", "plan.toml is not the file", appended("inputs/plan.toml"), inputs=False),
    Planted("an added input", "inputs", "was not there", written("inputs/overrides.csv", "start\n"), inputs=False),
    Planted("a removed input", "inputs", "calls.csv is missing", removed("inputs/calls.csv"), inputs=False),
    Planted("another seed asked", "summary", "seed is 1", text("inputs/arguments.json", '"overrides": {}', '"overrides": {"solve": {"seed": 7}}')),
    Planted("another goal in the inputs", "summary", "goals is", text("inputs/plan.toml", "level = 0.8", "level = 0.7")),
    Planted("another zone in the inputs", "summary", "site is", text("inputs/plan.toml", '"Tiny"', '"Tinier"')),
    Planted("a wage raised in the inputs", "cost", "cost_wages is", text("inputs/staff.csv", ",30,", ",29,")),
    Planted("a premium cut in the inputs", "cost", "cost_wages is", text("inputs/plan.toml", "share = 0.25", "share = 0.2")),
    Planted("a wish changed in the inputs", "cost", "the price wish", text("inputs/wishes.csv", "a1,2026-10-19,off,3", "a1,2026-10-19,off,2")),
    Planted("leave taken from the inputs", "leave", "a0 is on leave until 2026-10-21 00:00", lambda f: (f.text("inputs/leave.csv", "a0,2026-10-20T00:00,2026-10-21T00:00,vacation\n", ""))),
    Planted("leave added to the inputs", "leave", "leave of a0 until", text("inputs/leave.csv", "vacation\n", "vacation\na0,2026-10-22T00:00,2026-10-23T00:00,sick\n")),
    Planted("a lost call made cheaper", "cost", "the price lost_call", text("inputs/plan.toml", "lost_call = 15", "lost_call = 14")),
    Planted("a missing head made cheaper", "cost", "the price under", text("inputs/plan.toml", "under_h = 60", "under_h = 59")),
    Planted("a steady week made dearer", "cost", "the price steady", text("inputs/plan.toml", "under_h = 60", "under_h = 60\nsteady_h = 2")),
    Planted("patience changed in the inputs", "volume", "patience_s of sales", text("inputs/plan.toml", "patience_s = 120", "patience_s = 130")),
    Planted("absence changed in the inputs", "requirement", "agents_scheduled", text("inputs/plan.toml", "monday = 0.1", "monday = 0.2")),
    Planted("shrinkage changed in the inputs", "requirement", "agents_paid", text("inputs/plan.toml", "planned = 0.05", "planned = 0.1")),
]  # fmt: skip

ROSTER = [
    Planted("a row of the roster missing", "roster", "the shift of a3 at 2026-10-19", drop("roster", where(agent="a3"))),
    Planted("a row of the roster doubled", "roster", "stands 2 times", double("roster", where(agent="a3"))),
    Planted("a shift nobody works", "roster", "should not", double("roster", where(agent="a3"), start="2026-10-22T09:00+02:00")),
    Planted("a shift of somebody else", "roster", "a4", cell("roster", "agent", "a4", where(agent="a3"))),
    Planted("a shift of a stranger", "roster", "zz", cell("roster", "agent", "zz", where(agent="a3"))),
    Planted("another day", "roster", "does not count on 2026-10-18", cell("roster", "date", "2026-10-18", where(agent="a3"))),
    Planted("another start", "roster", "a3", cell("roster", "start", "2026-10-19T09:15+02:00", where(agent="a3"))),
    Planted("another end", "roster", "ends at", cell("roster", "end", "2026-10-19T16:00+02:00", where(agent="a3"))),
    Planted("other paid minutes", "roster", "pays 450 min", cell("roster", "paid_min", "450", where(agent="a3"))),
    Planted("another family", "roster", "is no part@0900", cell("roster", "pattern", "part@0900", where(agent="a3"))),
    Planted("another time in the pattern", "roster", "is no full@0915", cell("roster", "pattern", "full@0915", where(agent="a3"))),
    Planted("an unknown pattern", "roster", "is no night@0900", cell("roster", "pattern", "night@0900", where(agent="a3"))),
    Planted("heads of the cover", "cover", "cover.csv counts", cell("cover", "agents", lambda x: int(x) + 1)),
    Planted("a row of the cover missing", "cover", "cover.csv counts 0", drop("cover")),
    Planted("a row of the cover doubled", "cover", "cover.csv counts", double("cover")),
    Planted("another pattern in the cover", "cover", "cover.csv counts", cell("cover", "pattern", "part@1230")),
    Planted("an impossible pattern in the cover", "cover", "is no shift", cell("cover", "pattern", "part@0300")),
    Planted("another queue in the cover", "cover", "cover.csv counts", cell("cover", "queue", "sales", where(queue="help"))),
    Planted("another contract in the cover", "cover", "does not allow", cell("cover", "contract", "part", where(pattern="full"))),
]  # fmt: skip

ACTIVITY = [
    Planted("leave struck out", "leave", "the leave of a0", drop("activity", where(**LEAVE))),
    Planted("leave made up", "leave", "a4 is on leave", double("activity", where(**LEAVE), agent="a4", start="2026-10-22T00:00+02:00", end="2026-10-23T00:00+02:00")),
    Planted("leave cut short", "leave", "a0", cell("activity", "end", "2026-10-20T12:00+02:00", where(**LEAVE))),
    Planted("leave with a queue", "activity", "leave of a0 names the queue", cell("activity", "queue", "sales", where(**LEAVE))),
    Planted("phone called a meeting", "activity", "a3 is in meeting", relabelled("meeting")),
    Planted("phone called a training", "activity", "a3 is in training", relabelled("training")),
    Planted("a break with a queue", "activity", "the break of a", cell("activity", "queue", "help", where(activity="break"))),
    Planted("a lunch with a queue", "activity", "the lunch of a", cell("activity", "queue", "help", where(activity="lunch"))),
    Planted("phone without a queue", "words", "unknown queue ''", cell("activity", "queue", "", where(activity="phone"))),
    Planted("the other queue", "coverage", "on_phone of", swapped_queue),
    Planted("a moved break", "coverage", "on_phone of", moved_break),
    Planted("a row twice", "overlap", "begins before", double("activity", where(activity="phone"))),
    Planted("a shift left out", "roster", "a4 at 2026-10-21", shift_gone),
    Planted("a shift left out, in the roster too", "coverage", "on_phone of help", shift_gone_everywhere),
    Planted("a shift of a stranger in the activity", "agents", "is not in staff.csv", lambda f: f.write("activity", f.table("activity").replace({"agent": {"a4": "zz"}}))),
]  # fmt: skip

OFFERS = [
    Planted("an open shift struck out", "open_reasons", "0 in open_shifts.csv", drop("open_shifts")),
    Planted("an open shift and its reason struck out", "summary", "open_shifts is 3, recounted 2", both(drop("open_shifts"), drop("open_reasons"))),
    Planted("an open shift at another time", "open_shifts", "is no shift of plan.toml at this time", cell("open_shifts", "start", "2026-10-19T10:15+02:00")),
    Planted("a longer open shift", "open_shifts", "lasts", cell("open_shifts", "end", "2026-10-19T23:00+02:00")),
    Planted("an open shift at another pay", "open_shifts", "pays 300 min", cell("open_shifts", "paid_min", "300")),
    Planted("an unknown open shift", "open_shifts", "is no shift", cell("open_shifts", "pattern", "night@1000")),
    Planted("an open shift for no queue", "open_shifts", "unknown queue 'fax'", cell("open_shifts", "queue", "fax")),
    Planted("an open shift of next week", "open_shifts", "is no shift", cell("open_shifts", "date", "2026-10-26")),
    Planted("an open shift of somebody", "open_shifts", "names people", lambda f: f.write("open_shifts", f.table("open_shifts").assign(agent="a1"))),
    Planted("the cost of an open shift", "open_reasons", "costs 70.00", cell("open_reasons", "cost_one_more", "70.0")),
    Planted("a reason struck out", "open_reasons", "0 rows in open_reasons.csv", drop("open_reasons")),
    Planted("a reason left blank", "open_reasons", "no reason", cell("open_reasons", "reason", "")),
    Planted("a short stretch struck out", "explain", "is missing", drop("explain")),
    Planted("a short stretch made up", "explain", "should not", double("explain", start="2026-10-20T09:45+02:00")),
    Planted("a shortage played down", "explain", "agents short", cell("explain", "under", lambda x: x - 1, lambda r: float(r["under"]) > 1)),
    Planted("hours short played down", "explain", "agent-hours short", cell("explain", "under_agent_hours", lambda x: x - 1)),
    Planted("a stranger who could help", "explain", "names zz", cell("explain", "who", "zz")),
    Planted("the cost of one more", "explain", "one more agent costs", cell("explain", "cost_one_more", lambda x: x - 10, filled("cost_one_more"))),
    Planted("no rule that binds", "explain", "no reason", cell("explain", "binding_rule", "")),
]  # fmt: skip

NEED = [
    Planted("a slot left out", "coverage", "is missing", drop("coverage")),
    Planted("a slot twice", "coverage", "stands 2 times", double("coverage")),
    Planted("a slot of next week", "coverage", "should not", double("coverage", start="2026-10-26T09:00+01:00")),
    Planted("a slot of no queue", "coverage", "fax", double("coverage", queue="fax")),
    Planted("a lower need", "coverage", "required of", lowered_need),
    Planted("a head claimed", "coverage", "on_phone of", heads_claimed),
    Planted("a surplus played down", "coverage", "over of", cell("coverage", "over", 0.0, busy)),
    Planted("a shortage hidden", "coverage", "under of", cell("coverage", "under", 0.0, short)),
    Planted("a better service", "coverage", "service_level of", cell("coverage", "service_level", lambda x: min(1.0, x + 0.01), filled("service_level"))),
    Planted("a shorter wait", "coverage", "asa_s of", cell("coverage", "asa_s", lambda x: x * 0.9, filled("asa_s"))),
    Planted("fewer who hang up", "coverage", "abandon_rate of", cell("coverage", "abandon_rate", lambda x: x * 0.9, filled("abandon_rate"))),
    Planted("a need that is no number", "coverage", "cannot be read: row 2, column required", cell("coverage", "required", "nan")),
    Planted("a need without end", "coverage", "cannot be read", cell("coverage", "required", "inf")),
    Planted("the table gone", "service", "cannot be read", removed("service.csv")),
    Planted("fewer agents required", "requirement", "agents_phone of", cell("requirement", "agents_phone", lambda x: int(x) - 1, filled("agents_phone"))),
    Planted("fewer agents scheduled", "requirement", "agents_scheduled of", cell("requirement", "agents_scheduled", lambda x: x - 1, filled("agents_scheduled"))),
    Planted("fewer agents paid", "requirement", "agents_paid of", cell("requirement", "agents_paid", lambda x: x - 1, filled("agents_paid"))),
    Planted("a smaller load", "requirement", "load_erl of", cell("requirement", "load_erl", lambda x: x * 0.99, filled("load_erl"))),
    Planted("a better level required", "requirement", "service_level of", cell("requirement", "service_level", lambda x: x - 0.01, filled("service_level"))),
    Planted("another occupancy", "requirement", "occupancy of", cell("requirement", "occupancy", lambda x: x - 0.01, filled("occupancy"))),
    Planted("another wait required", "requirement", "asa_s of", cell("requirement", "asa_s", lambda x: x + 1, filled("asa_s"))),
    Planted("an open interval closed", "requirement", "open of", cell("requirement", "open", 0, filled("open"))),
    Planted("an interval of the requirement missing", "requirement", "is missing", drop("requirement", filled("open"))),
    Planted("more calls in time", "curve", "answered_in of", cell("curve", "answered_in", lambda x: x * 1.01, filled("answered_in"))),
    Planted("fewer calls on the curve", "curve", "calls of", cell("curve", "calls", lambda x: x * 0.99)),
    Planted("fewer lost on the curve", "curve", "abandoned of", cell("curve", "abandoned", lambda x: x * 0.9, filled("abandoned"))),
    Planted("less busy on the curve", "curve", "occupancy of", cell("curve", "occupancy", lambda x: x * 0.9, filled("occupancy"))),
    Planted("fewer who wait on the curve", "curve", "waited of", cell("curve", "waited", lambda x: x * 0.9, filled("waited"))),
    Planted("a row of the curve missing", "curve", "is missing", drop("curve", where(agents="3"))),
    Planted("fewer calls", "volume", "their parts add up", cell("volume", "calls", lambda x: x * 0.9)),
    Planted("fewer calls, in their parts too", "requirement", "load_erl of", both_volume),
    Planted("calls below 0", "volume", "cannot be read: row 2, column calls", cell("volume", "calls", -1)),
    Planted("quantiles out of order", "volume", "lies below", cell("volume", "q0.9", 0.0)),
    Planted("another handle time", "volume", "handle_s of", cell("volume", "handle_s", 200.0)),
    Planted("an interval of the volume missing", "volume", "should not", drop("volume")),
    Planted("an interval of the volume twice", "volume", "stands 2 times", double("volume")),
    Planted("calls while closed", "volume", "while the queue is closed", both(double("volume", start="2026-10-19T03:00+02:00"), double("volume_parts", start="2026-10-19T03:00+02:00"))),
    Planted("another level", "volume", "their parts add up", cell("volume_parts", "level", lambda x: x + 1)),
    Planted("another past", "past_weeks", "calls in past_weeks.csv", cell("past_weeks", "actual", lambda x: x + 3)),
    Planted("a better model", "past_weeks", "the error of", cell("backtest", "wape", lambda x: x * 0.5, where(chosen="1"))),
    Planted("two models chosen", "past_weeks", "chooses 2 models", second_name),
    Planted("past quantiles out of order", "past_weeks", "lies below", cell("past_weeks", "q0.9", 0.0)),
]  # fmt: skip

DAY = where(queue="sales", period="day")

SERVICE = [
    Planted("a lower goal", "service", "goal of sales", cell("service", "goal", 0.7, DAY)),
    Planted("a better expectation", "service", "expected of sales", cell("service", "expected", lambda x: x + 0.01, DAY)),
    Planted("fewer calls in the day", "service", "calls of sales", cell("service", "calls", lambda x: x * 0.9, DAY)),
    Planted("a better simulation", "service", "simulated of sales for the day", both(*(cell("service", c, lambda x: x + 0.02, DAY) for c in ("simulated", "ci_lo", "ci_hi")))),
    Planted("a wider interval", "service", "ci_lo of sales", cell("service", "ci_lo", lambda x: x - 0.01, DAY)),
    Planted("a simulation outside its interval", "service", "lies outside", cell("service", "simulated", lambda x: x + 0.05, DAY)),
    Planted("half an interval unknown", "service", "lies outside", cell("service", "ci_hi", "", DAY)),
    Planted("a day left out", "service", "is missing", drop("service", DAY)),
    Planted("a day twice", "service", "stands 2 times", double("service", DAY)),
    Planted("a day called a week", "service", "sales week", cell("service", "period", "week", DAY)),
    Planted("a lower floor", "service", "floor of sales interval is 0.3", cell("service", "floor", 0.3, where(queue="sales", period="interval"))),
    Planted("a floor struck out", "service", "floor of sales interval", cell("service", "floor", "", where(queue="sales", period="interval"))),
    Planted("a floor where there is none", "service", "floor of help", cell("service", "floor", 0.5, where(queue="help", period="interval"))),
    Planted("a share above 1", "service", "cannot be read", cell("service", "expected", 1.2, DAY)),
]  # fmt: skip

FIGURES = [
    Planted("a lower cost", "cost", "its parts add up", figures(cost=100.0)),
    Planted("lower wages, every sum with them", "cost", "cost_wages is", cheaper),
    *(Planted(f"a lower price {n}, every sum with it", "cost", f"the price {n}", cheaper_prices(n)) for n in ("below_contract", "wish", "steady", "lost_call", "under")),
    Planted("lower prices", "cost", "cost_prices is", both(lambda f: f.figures(cost=f.summary["cost"] - 5, cost_prices=f.summary["cost_prices"] - 5))),
    Planted("a price struck out", "cost", "must tell the prices", figure("cost_prices_parts", lambda p: {k: v for k, v in p.items() if k != "under"})),
    Planted("no cost", "cost", "in numbers", figures(cost=None)),
    Planted("a bound above the cost", "summary", "the bound", bound_above),
    Planted("a better gap", "summary", "gap is 0.0001", figures(gap=0.0001)),
    Planted("a proof that is none", "summary", "status is optimal", figures(status="optimal")),
    Planted("no status", "summary", "status is 'none'", figures(status="none")),
    Planted("another end of the search", "summary", "stopped is 'luck'", figures(stopped="luck")),
    Planted("another gap asked", "summary", "asked_gap is", figure("asked_gap", 0.05)),
    Planted("another history of the gap", "summary", "gap_history ends", figure("gap_history", lambda h: [*h[:-1], [h[-1][0], h[-1][1] + 5, h[-1][2]]])),
    Planted("another cost of the cover", "summary", "cover.cost", figure("cover.cost", lambda x: x - 1)),
    Planted("another bound of the roster", "summary", "roster.bound", figure("roster.bound", lambda x: x + 1)),
    Planted("fewer paid hours", "summary", "paid_hours is", figures(paid_hours=lambda x: x - 8)),
    Planted("fewer hours over", "summary", "over_agent_hours is", figure("over_agent_hours", lambda x: x - 1)),
    Planted("fewer hours under", "summary", "under_agent_hours is", figure("under_agent_hours", lambda x: x - 1)),
    Planted("fewer hours below the floor", "summary", "below_floor_agent_hours is", figure("below_floor_agent_hours", 0.0)),
    Planted("fewer slots below the floor", "summary", "below_floor_slots is", figure("below_floor_slots", 0)),
    Planted("no worst slot", "summary", "below_floor_worst is None", figure("below_floor_worst", None)),
    Planted("another worst slot", "summary", "does not lie below", figure("below_floor_worst.start", "2026-10-19T12:00:00+02:00")),
    Planted("a missed goal left out", "summary", "goals_missed lacks the", figure("goals_missed", lambda m: m[1:])),
    Planted("every missed goal left out", "summary", "goals_missed lacks the", both(figure("goals_missed", []), figure("floor_missed_intervals", 0), figure("floor_missed_worst", None))),
    Planted("a goal that is not missed", "summary", "which is not missed", figure("goals_missed", lambda m: [*m, {**m[0], "queue": "sales", "period": "week", "start": "2026-10-19T00:00:00+02:00", "is_floor": False}])),
    Planted("a missed goal told twice", "summary", "twice", figure("goals_missed", lambda m: [*m, m[0]])),
    Planted("a missed goal called a floor", "summary", "goals_missed lacks the", figure("goals_missed", lambda m: [{**m[0], "is_floor": not m[0]["is_floor"]}, *m[1:]])),
    Planted("a better share of a missed goal", "summary", "simulated of the", figure("goals_missed", lambda m: [{**m[0], "simulated": m[0]["simulated"] + 0.01}, *m[1:]])),
    Planted("a lower level of a missed goal", "summary", "goal of the", figure("goals_missed", lambda m: [{**m[0], "goal": m[0]["goal"] - 0.05}, *m[1:]])),
    Planted("no list of missed goals", "summary", "goals_missed is None", figure("goals_missed", None)),
    Planted("fewer floors missed", "summary", "floor_missed_intervals is", figure("floor_missed_intervals", lambda n: n + 1)),
    Planted("a worst floor where none is worse", "summary", "floor_missed_worst is", figure("floor_missed_worst", lambda w: {**w, "simulated": w["simulated"] - 0.1})),
    Planted("an end of the search struck out", "summary", "stopped is None, and the gap is", open_gap(None)),
    Planted("a gap called reached", "summary", "stopped is 'gap', and the gap is", open_gap("gap")),
    Planted("a smaller gap in slots", "summary", "gap_in_slots is", figures(gap_in_slots=lambda x: x / 2)),
    Planted("a better fit", "summary", "schedule_fit is", figure("schedule_fit", 0.99)),
    Planted("fewer open shifts", "summary", "open_shifts is 1", figure("open_shifts", 1)),
    Planted("broken rules admitted", "summary", "violations is 3", figure("violations", 3)),
    Planted("more people", "summary", "agents is 9", figure("agents", 9)),
    Planted("repairs below 0", "summary", "repairs is -1", figure("repairs", -1)),
    Planted("a better week expected", "summary", "service_level_expected is", figure("service_level_expected", lambda x: x + 0.01)),
    Planted("a better week simulated", "summary", "service_level_simulated is", figure("service_level_simulated", lambda x: x + 0.01)),
    Planted("another interval of the week", "summary", "service_level_ci is", figure("service_level_ci", lambda x: [x[0], x[1] + 0.01])),
    Planted("a better queue", "summary", "queues.sales.simulated is", figure("queues.sales.simulated", lambda x: x + 0.01)),
    Planted("a queue struck out", "summary", "queues tells sales", figure("queues", lambda q: {"sales": q["sales"]})),
    Planted("an impossible occupancy", "service", "occupancy of 1.2", figure("occupancy", 1.2)),
    Planted("another occupancy of the week", "service", "occupancy of 0.5", figure("occupancy", 0.5)),
    Planted("another goal told", "summary", "goals is", figure("goals.sales", "90/10 of offered by day")),
    Planted("another basis told", "summary", "goal_basis is 'week'", figure("goal_basis", "week")),
    Planted("another seed told", "summary", "seed is 5", figure("seed", 5)),
    Planted("another scenario told", "summary", "scenario is 'dear'", figure("scenario", "dear")),
    Planted("another week told", "inputs", "asks for the week of 2026-10-19", figure("week", "2026-10-26")),
    Planted("another currency", "summary", "currency is 'USD'", figure("currency", "USD")),
    Planted("another name of the site", "summary", "site is 'Huge'", figure("site", "Huge")),
    Planted("no versions", "summary", "versions is None", figure("versions", None)),
    Planted("another time taken", "summary", "seconds is", figure("seconds", 1.0)),
    Planted("a stage below 0", "summary", "seconds is", figure("stages.read", -5.0)),
    Planted("no number", "summary", "is no number", figure("cost", float("nan"))),
    Planted("no end", "summary", "is no number", figure("paid_hours", float("inf"))),
    Planted("a figure in words", "summary", "paid_hours is 'many'", figure("paid_hours", "many")),
    Planted("more runs told", "service", "runs of the simulation", figure("simulation.runs", lambda x: x + 320)),
    Planted("a finer simulation told", "service", "half width", figure("simulation.half_width", 0.001)),
    Planted("no simulation told", "service", "the run has none", figure("simulation", None)),
    Planted("an input without a hash", "inputs", "staff.csv was not there", figure("input_hashes", lambda h: {k: v for k, v in h.items() if k != "staff.csv"}), inputs=False),
]  # fmt: skip

PAPERS = [
    Planted("a shift moved in a calendar", "calendars", "a3.ics", calendar(lambda t: t.replace("DTSTART;TZID=Europe/Berlin:20261019T09", "DTSTART;TZID=Europe/Berlin:20261019T08", 1))),
    Planted("a shift missing in a calendar", "calendars", "a3.ics lacks the shift", calendar(without_event)),
    Planted("a shift called off in a calendar", "calendars", "a3.ics lacks the shift", calendar(lambda t: t.replace("SEQUENCE:0", "SEQUENCE:0\r\nSTATUS:CANCELLED", 1))),
    Planted("a calendar missing", "calendars", "a3 works and has no calendar", removed("calendars/a3.ics")),
    Planted("a calendar of nobody", "calendars", "zz.ics is of nobody", lambda f: (f.run / "calendars" / "zz.ics").write_bytes((f.run / "calendars" / "a3.ics").read_bytes()) and None),
    Planted("no calendar", "calendars", "a3.ics is no calendar", written("calendars/a3.ics", "hello")),
    Planted("a shift moved in the workbook", "workbook", "does not tell the shift", moved_in_workbook),
    Planted("a shift of somebody else in the workbook", "workbook", "does not tell the shift", sheet_cell(1, "a1")),
    Planted("other paid hours in the workbook", "workbook", "does not tell the shift", sheet_cell(8, 9.5)),
    Planted("no workbook", "workbook", "cannot be read", written("schedule.xlsx", "hello")),
]  # fmt: skip

ANONYMOUS = [
    Planted("a name in a plan of nobody", "activity", "bob is no id", lambda f: f.write("activity", f.table("activity").replace({"agent": {"shift-0001": "bob"}})), named=False),
    Planted("two shifts of one id", "activity", "shift-0001 stands for 2", two_as_one, named=False),
    Planted("leave in a plan of nobody", "leave", "shift-0001 is on leave", double("activity", agent="shift-0001", start="2026-10-22T00:00+02:00", end="2026-10-23T00:00+02:00", activity="leave", queue=""), named=False),
    Planted("a meeting in a plan of nobody", "activity", "is in meeting", both(cell("activity", "activity", "meeting"), cell("activity", "queue", "")), named=False),
    Planted("heads of the anonymous cover", "cover", "cover.csv counts", cell("cover", "agents", lambda x: int(x) + 1), named=False),
    Planted("anonymous heads claimed", "coverage", "on_phone of", heads_claimed, named=False),
    Planted("lower anonymous prices", "cost", "the price lost_calls_and_under", cheaper_prices("lost_calls_and_under"), named=False),
    Planted("lower anonymous wages", "cost", "cost_wages is", cheaper, named=False),
    Planted("a short stretch of nobody struck out", "explain", "is missing", drop("explain"), named=False),
    Planted("fewer anonymous hours", "summary", "paid_hours is", figures(paid_hours=lambda x: x - 8), named=False),
]  # fmt: skip

EVERY = (*FILES, *ROSTER, *ACTIVITY, *OFFERS, *NEED, *SERVICE, *FIGURES, *PAPERS, *ANONYMOUS)
