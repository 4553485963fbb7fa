"""The report's tables as plain text cells: caption, columns, rows, and how much was left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ...schedule.rules.rules import SPECS
from ..gap import gap_told
from ..missed import level_told
from ..prices import bonus_not_earned, price_lines
from .figures import MISSING, clock, day, hours, known, money, number, percent, points, span
from .run import Run, records
from .service_cards import verdict

LONGEST = 200
"""Most rows of a table in the report, above 0: the page stays quick to load; the CSV file has all rows."""

_AMOUNT = r"\d+\.\d\d\b(?! (?:of|h|agent-hours|calls)\b)"
"""Pattern of money in texts: two decimals, and no other unit after them."""


@dataclass(frozen=True)
class TextTable:
    """A table ready to print.

    Attributes
    ----------
    columns
        (title, "text" or "number") of each column.
    rows
        Cells as text.
    note
        Said under the table; "" for nothing.
    marked
        Positions of rows to set in bold.
    days
        Label of the day that each row is about, "" = none: the page shows the rows of the chosen day; () = no row is of
        a day.
    """

    caption: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    marked: frozenset[int] = frozenset()
    days: tuple[str, ...] = ()


def table(
    caption: str,
    columns: str,
    rows: Iterable[Sequence[str]],
    note: str = "",
    marked: Iterable[int] = (),
    *,
    file: str = "",
    days: Iterable[str] = (),
) -> TextTable:
    """Make a table; `columns` are parted by ``|``, a trailing ``#`` means numbers; a long table is cut and says so."""
    every = [tuple(r) for r in rows]
    if len(every) > LONGEST:
        note = f"The first {LONGEST} of {number(len(every))} rows; all are in {file}. {note}".strip()
    heads = tuple((c.removesuffix("#"), "number" if c.endswith("#") else "text") for c in columns.split("|"))
    return TextTable(caption, heads, tuple(every[:LONGEST]), note, frozenset(marked), tuple(days)[:LONGEST])


def service_table(run: Run) -> TextTable | None:
    """Goal, expectation and simulation of each day and week."""
    service = run.table("service")
    if service is None:
        return None
    frame = service[service["period"] != "interval"]
    rows, goals = [], run.summary.get("goals") or {}
    for r in records(frame):
        basis = str(goals.get(r["queue"], "")).rpartition(" by ")[2] or r["period"]
        interval = f"{percent(r['ci_lo'])} to {percent(r['ci_hi'])}" if known(r["ci_lo"]) else MISSING
        when = {"day": day(r["start"].date()), "week": "Week"}.get(r["period"], f"Part of the {r['period']}")
        rows.append(
            (
                r["queue"],
                when,
                percent(r["goal"]),
                percent(r["expected"]),
                percent(r["simulated"]),
                interval,
                verdict(r["goal"], r["ci_lo"], r["ci_hi"])[0] if r["period"] == basis else f"goal by {basis}",
            )
        )
    marked = [i for i, p in enumerate(frame["period"]) if p != "day"]
    parts = "The goal of a part is the level that it must reach for the whole period to reach the goal."
    return table(
        "Service level by day and week",
        "Queue|Period|Goal#|Expected#|Simulated#|95 % interval#|Verdict",
        rows,
        "Expected: by the service curve at the planned staff. Simulated: seeded, call by call."
        + f" {parts}" * bool(run.summary.get("goal_periods")),
        marked,
        file="service.csv",
        days=["" if p == "week" else day(t.date()) for p, t in zip(frame["period"], frame["start"], strict=True)],
    )


def missed_table(run: Run) -> TextTable | None:
    """Goals and floors that the plan misses by simulation, in the order of the week; None where it misses none."""
    missed = sorted(run.summary.get("goals_missed") or (), key=lambda m: (m["is_floor"], m["queue"]))
    rows, days = [], []
    for m in missed:
        start = dt.datetime.fromisoformat(m["start"])
        when = {
            "day": day(start.date()), "week": "Week", "interval": f"{day(start.date())} {clock(start)}",
        }.get(m["period"], f"Part of the {m['period']}")  # fmt: skip
        interval = f"{percent(m.get('ci_lo'))} to {percent(m.get('ci_hi'))}"
        promise = "floor" if m["is_floor"] else "goal"
        rows.append((m["queue"], when, promise, percent(m["goal"]), level_told(m).partition(" of ")[0], interval))
        days.append("" if m["period"] == "week" else day(start.date()))
    note = "A goal is missed when its whole 95 % interval lies below it, a floor when the simulated share does."
    columns = "Queue|When|Promise|Least#|Simulated#|95 % interval#"
    if not rows:
        return None
    return table("Goals and floors missed", columns, rows, note, file="summary.json", days=days)


def last_week_table(run: Run) -> TextTable | None:
    """What was expected of the seven days known last, and what came; None where no store knew any."""
    frame = run.table("last_week")
    if frame is None:
        return None
    rows = [
        (
            r["queue"], day(r["date"]), *(number(r[name]) for name in ("model_calls", "calls", "actual")),
            *(percent(r[f"service_{name}"]) for name in ("planned", "actual")),
            *(points(r[f"gap_{part}"]) for part in ("volume", "handle", "other")),
        )
        for r in records(frame)
    ]  # fmt: skip
    note = (
        "Calls: by the model, with your overrides, and those that came. Service: as simulated for the published plan, "
        "and as measured. Its parts are points and sum to measured − planned; – is unknown."
    )
    heads = "Queue|Day|Model#|Forecast#|Came#|Service planned#|Measured#|By volume#|By handle time#|By all else#"
    return table("The days known last", heads, rows, note, file="last_week.csv")


def hidden_money(explain: pd.DataFrame) -> pd.DataFrame:
    """Return the explanations without prices: no column of them, and amounts with two decimals in the text masked."""
    out = explain.drop(columns=["cost_one_more"], errors="ignore")
    return out.assign(detail=out["detail"].str.replace(_AMOUNT, "…", regex=True)) if "detail" in out else out


def rule_words(rule: str) -> str:
    """Return a rule in words: its label where it is a key of plan.toml."""
    return SPECS[rule].label if rule in SPECS else rule.replace("_", " ")


def open_table(run: Run) -> TextTable | None:
    """Shifts that nobody can take, with reasons."""
    frame = run.table("open_shifts")
    if frame is None:
        return None
    reasons = run.table("open_reasons")
    why = (
        {}
        if reasons is None
        else dict(zip(zip(reasons["date"], reasons["pattern"], strict=True), reasons["reason"], strict=True))
    )
    rows, days = [], []
    for r in records(frame.sort_values("start", kind="stable")):
        time = f"{clock(r['start'])}–{clock(r['end'])}"
        reason = why.get((r["date"], r["pattern"])) or MISSING
        rows.append((day(r["date"]), r["pattern"], time, hours(r["paid_min"]), r.get("queue", ""), reason))
        days.append(day(r["date"]))
    columns = "Day|Pattern|Time|Paid#|Queue|Why nobody takes it"
    return table("Open shifts", columns, rows, file="open_shifts.csv", days=days)


def cost_table(run: Run) -> TextTable | None:
    """What the week costs, part by part."""
    s = run.summary
    if not known(s.get("cost")):
        return None
    parts = s.get("cost_prices_parts") or {}
    rows = [("Wages", money(s.get("cost_wages"), run.currency, 2))]
    rows += [(name, money(value, run.currency, 2)) for name, value in price_lines(s).items()]
    if not parts:
        rows.append(("Prices", money(s.get("cost_prices"), run.currency, 2)))
    rows.append(("Cost", money(s.get("cost"), run.currency, 2)))
    note = "Cost = wages + prices."
    if bonus_not_earned(s):
        note += " A bonus that is not earned is no bill: it counts so that the plan weighs it against wages."
    if known(s.get("bound")):
        rows.append(("Proven lower bound", money(s.get("bound"), run.currency, 2)))
        note += " No plan of these people costs less than the bound."
    return table("Cost", "Part|Amount#", rows, note, [len(rows) - (2 if known(s.get("bound")) else 1)])


def backtest_table(run: Run) -> TextTable | None:
    """How each forecast model did on weeks that it had not seen."""
    frame = run.table("backtest")
    if frame is None:
        return None
    names = {
        "wape": "WAPE#",
        "floor": "Noise floor#",
        "bias": "Bias#",
        "wql": "Quantile loss#",
        "coverage_80": "In 80 %#",
        "coverage_95": "In 95 %#",
        "day_wape": "Day WAPE#",
        "rmse": "RMSE#",
    }
    have = [c for c in names if c in frame and frame[c].notna().any()]
    chosen = [i for i, c in enumerate(frame.get("chosen", pd.Series(0, index=frame.index)) == 1) if c]
    weeks = ["origins"] if "origins" in frame else []
    rows = [
        (
            str(r["queue"]),
            str(r["model"]) + (" (chosen)" if i in chosen else ""),
            *(number(r[c]) for c in weeks),
            *(number(r[c], 1) if c == "rmse" else percent(r[c]) for c in have),
        )
        for i, r in enumerate(records(frame))
    ]
    note = (
        "On past weeks that the model had not seen. WAPE: Σ|error| / Σ calls; bias: + is too high; "
        f"in 80 %, 95 %: share of intervals inside that band. {_nearness(frame)}"
    ).strip()
    return table(
        "Forecast models in the backtest",
        "|".join(["Queue", "Model", *("Weeks#" for _ in weeks), *(names[c] for c in have)]),
        rows,
        note,
        chosen,
        file="backtest.csv",
    )


def _nearness(frame: pd.DataFrame) -> str:
    """Say how near the chosen models are to the noise floor; of many queues the nearest and the furthest."""
    if not {"floor", "chosen"} <= set(frame):
        return ""
    used = frame[(frame["chosen"] == 1) & (frame["floor"] > 0) & frame["wape"].notna()]
    if used.empty:
        return ""
    used = used.assign(times=used["wape"] / used["floor"]).sort_values("times")
    rows = records(used if len(used) < 3 else used.iloc[[0, -1]])
    told = [
        f"{r['queue']}: {r['model']} misses by {percent(r['wape'])}, chance alone by {percent(r['floor'])}"
        f" ({number(r['times'], 1)} times)"
        for r in rows
    ]
    which = "" if len(used) < 3 else f" Nearest and furthest of {len(used)} queues:"
    return f"Noise floor: the WAPE that the chance in the calls leaves to a perfect forecast.{which} {'; '.join(told)}."


def quality_table(run: Run) -> TextTable | None:
    """What was found in the input data, and what was done about it."""
    frame = run.table("quality")
    if frame is None:
        return None
    rows = []
    for r in records(frame):
        when = MISSING
        if known(r.get("start")):
            when = span(r["start"], r["end"]) if known(r.get("end")) else day(r["start"].date())
        rows.append((str(r.get("queue") or "all"), when, str(r["kind"]), str(r["what"]), str(r.get("action", ""))))
    return table("Findings in the input data", "Queue|When|Kind|Finding|What was done", rows, file="quality.csv")


def proof_table(run: Run, *, wages: bool) -> TextTable | None:
    """What each optimisation knows about its answer."""
    rows = []
    names = ("roster",) if isinstance(run.summary.get("roster"), Mapping) else ("cover",)
    for name in names:  # shifts and people are chosen together: both keys tell of one plan
        part = run.summary.get(name)
        if not isinstance(part, Mapping):
            continue
        row = [
            name,
            str(part.get("status", MISSING)),
            str(part.get("stopped") or "its end"),
            gap_told(part.get("gap"), run.summary.get("asked_gap")),
        ]
        if wages:
            row += [money(part.get(key), run.currency, 2) for key in ("cost", "bound")]
        rows.append([*row, number(part.get("seconds"), 1)])
    columns = "Step|Status|Stopped by|Proven gap#" + ("|Cost#|Lower bound#" if wages else "") + "|Seconds#"
    note = "Cover: shifts and breaks without names. Roster: shifts, breaks, days off and queues of people, in one plan."
    return table("What the optimisation proved", columns, rows, note) if rows else None


def origin_tables(run: Run) -> list[TextTable]:
    """Return what is needed to make this plan again: seed, versions, seconds and hashes of the inputs."""
    s = run.summary
    facts = [
        ("Seed", str(s.get("seed", MISSING))),
        ("Status", str(s.get("status", MISSING))),
        ("Stopped by", str(s.get("stopped") or "its end")),
    ]
    facts += [(f"Version of {name}", str(v)) for name, v in (s.get("versions") or {}).items()]
    out = [table("Seed and versions", "What|Value", facts)]
    if s.get("stages"):
        rows = [(str(n).replace("_", " "), number(v, 1)) for n, v in s["stages"].items() if isinstance(v, int | float)]
        out.append(
            table(
                "Time spent",
                "Stage|Seconds#",
                [*rows, ("all", number(s["seconds"], 1))] if known(s.get("seconds")) else rows,
            )
        )
    if s.get("input_hashes"):
        out.append(table("Inputs by SHA-256", "File|Hash", [(str(n), str(h)) for n, h in s["input_hashes"].items()]))
    return out
