"""How faults are planted in a finished run."""

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
