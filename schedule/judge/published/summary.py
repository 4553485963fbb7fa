"""summary.json: what the run says of itself, and the figures that follow from its tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from .expected import Expected
from .missed import goal_basis
from .money import price
from .requirement import share
from .roster import paid_shifts
from .run import Fault, Found, Published

STATUSES = ("optimal", "feasible", "infeasible", "none")
STOPS = ("time", "user", "gap", None)
NUMBER, UNKNOWN = (int, float), type(None)
SHAPES: Mapping[str, Any] = {
    **dict.fromkeys(("versions", "stages", "input_hashes", "queues", "goals", "cover"), dict),
    "notes": list,
    "gap_history": (list, UNKNOWN),
    **dict.fromkeys(("cost", "cost_wages", "cost_prices", "bound", "gap", "gap_in_slots", "schedule_fit", "occupancy",
                     "service_level_expected", "service_level_simulated"), (*NUMBER, UNKNOWN)),
    **dict.fromkeys(("paid_hours", "over_agent_hours", "under_agent_hours", "below_floor_agent_hours",
                     "below_floor_slots", "open_shifts", "agents", "repairs", "seconds"), NUMBER),
    "service_level_ci": (list, UNKNOWN),
    "below_floor_worst": (dict, UNKNOWN),
    "simulation": (dict, UNKNOWN),
}  # fmt: skip
"""Kind of each value."""

OPTIMAL, EXACT = 1e-6, 1e-6
PART = ("status", "cost", "cost_wages", "cost_prices", "bound", "gap", "gap_in_slots", "paid_hours")


def _numbers(value: Any, key: str = "") -> Iterator[tuple[str, float]]:
    """Yield every number of summary.json by its key."""
    if isinstance(value, Mapping):
        for k, v in value.items():
            yield from _numbers(v, f"{key}.{k}" if key else str(k))
    elif isinstance(value, list):
        for v in value:
            yield from _numbers(v, key)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield key, float(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(x, NUMBER) for x in value)


def _off(have: Any, want: float | None, slack: float = EXACT) -> bool:
    """Whether a figure is not what it should be; None = unknown."""
    if want is None or have is None:
        return (want is None) != (have is None)
    if isinstance(have, bool) or not isinstance(have, int | float):
        return True
    return not abs(have - want) <= slack * (1 + abs(want))


def identity(run: Published) -> Found:
    """Ensures that every figure is a number where one belongs, and that the inputs are those of this plan."""
    s = run.summary
    for key, value in _numbers(s):
        if not math.isfinite(value):
            yield Fault(None, f"{key} is {value}, which is no number")
            return
    for key, kinds in SHAPES.items():
        if not isinstance(s.get(key), kinds):
            yield Fault(None, f"{key} is {s.get(key)!r}" if key in s else f"{key} is missing")
            return
    run_told, intervals = s["simulation"] or {"runs": 0, "half_width": 0.0}, [s["service_level_ci"]]
    intervals += [q.get("ci") if isinstance(q, dict) else "" for q in s["queues"].values()]
    for key, good in (
        ("simulation", all(isinstance(run_told.get(k), NUMBER) for k in ("runs", "half_width"))),
        ("versions", {"busyhour", "python"} <= s["versions"].keys() and all(map(_is_text, s["versions"].values()))),
        ("notes", all(map(_is_text, s["notes"]))),
        ("queues", all(x is None or _pair(x) for x in intervals)),
    ):
        if not good:
            yield Fault(None, f"{key} is {s[key]!r}")
            return
    goals = {n: f"{g} of {g.definition} by {goal_basis(run, n)}" for n, g in run.goals.items()}
    wanted = {
        "zone": run.raw.get("site", {}).get("zone"),
        "scenario": run.inputs.get("scenario"),
        "seed": run.raw.get("solve", {}).get("seed", 1),
        "goals": goals,
        "goal_basis": "/".join(sorted({goal_basis(run, n) for n in run.queues})),
    }
    yield from _told(s, wanted)


def labels(run: Published) -> Found:
    """Ensures the names and grids that the inputs give, and the gap that they ask for."""
    site, costs = run.raw.get("site", {}), run.raw.get("costs", {})
    wanted = {"site": site.get("name", "Centre"), "note": site.get("note", "")}
    wanted["asked_gap"] = run.raw.get("solve", {}).get("gap", 0.01)
    wanted |= {"interval_min": run.interval_min, "grid_min": run.asked.grid_min}
    if run.wages:
        wanted["currency"] = costs.get("currency", "EUR")
    yield from _told(run.summary, wanted)


def _told(summary: Mapping[str, Any], wanted: Mapping[str, Any]) -> Found:
    for key, want in wanted.items():
        if summary.get(key) != want:
            yield Fault(None, f"{key} is {summary.get(key)!r}, the inputs tell {want!r}")


def outcome(run: Published) -> Found:
    """Ensures that status, bound, gap and why the search ended fit together, here and under cover and roster."""
    s = run.summary
    if s.get("status") not in STATUSES or s.get("status") in ("infeasible", "none"):
        yield Fault(None, f"status is {s.get('status')!r}, and there is a plan")
    if s.get("stopped") not in STOPS:
        yield Fault(None, f"stopped is {s.get('stopped')!r}")
    if s.get("violations") != 0:
        yield Fault(None, f"violations is {s.get('violations')!r}, a published plan has 0")
    yield from _bound(run)
    yield from _ended(run)
    for name in ("cover", *(["roster"] if run.named else [])):
        part = s.get(name)
        told = {key: part.get(key) for key in (*PART, "stopped")} if isinstance(part, dict) else {}
        by_user = s.get("stopped") == "user"  # at a stage that is none of the search
        for key, value in told.items():
            if value != s.get(key) and not (key == "stopped" and by_user and value in STOPS):
                yield Fault(None, f"{name}.{key} is not the {key} of the run")
                break
        if not isinstance(part, dict) or _off(part.get("seconds"), part.get("seconds")):
            yield Fault(None, f"{name} does not tell what the search found")
    if not isinstance(s["cover"].get("blocks"), list):
        yield Fault(None, "cover.blocks is no list")
    yield from _history(run) if run.wages else ()
    yield from _times(run)


def _bound(run: Published) -> Found:
    s = run.summary
    cost, bound, gap = (s.get(k) for k in ("cost", "bound", "gap"))
    if cost is None:
        return
    if bound is not None and bound > cost + 1e-5 * max(1.0, abs(cost)):
        yield Fault(None, f"the bound {bound:,.2f} lies above the cost {cost:,.2f}")
        return
    want = None if bound is None or bound <= 0 else max(0.0, (cost - bound) / bound)
    if _off(gap, want):
        yield Fault(None, f"gap is {gap}, cost and bound make it {want}")
        return
    slot = price(run, "under_h") * run.asked.grid_min / 60
    slots = None if bound is None or slot <= 0 else max(0.0, cost - bound) / slot
    if _off(s.get("gap_in_slots"), slots):
        yield Fault(None, f"gap_in_slots is {s.get('gap_in_slots')}, the price of a head missing makes it {slots}")
        return
    proven = bound is not None and cost - bound <= OPTIMAL * max(1.0, abs(bound)) * 1.001
    if (s.get("status") == "optimal") != proven:
        yield Fault(None, f"status is {s.get('status')}, and the cost is {'' if proven else 'not '}proven the least")


def _ended(run: Published) -> Found:
    """Ensures that a plan whose asked gap is not reached says what ended the search: time or the user."""
    s, asked = run.summary, float(run.raw.get("solve", {}).get("gap", 0.01))
    gap, stopped = s.get("gap"), s.get("stopped")
    if s.get("status") == "optimal" or (gap is not None and gap <= asked + EXACT):
        return
    if stopped not in ("time", "user"):
        yield Fault(None, f"stopped is {stopped!r}, and the gap is {gap} where {asked} is asked")


def _history(run: Published) -> Found:
    """Ensures that the history of a named plan ends at the plan; that of an anonymous one is of its parts."""
    s, history = run.summary, run.summary.get("gap_history")
    rows: list[Any] = history if isinstance(history, list) else [None]
    if not all(isinstance(r, list) and len(r) == 3 and isinstance(r[0], int | float) and r[0] >= 0 for r in rows):
        yield Fault(None, "gap_history is no list of seconds, cost and bound")
    elif rows and run.named and (_off(rows[-1][1], s.get("cost")) or _off(rows[-1][2], s.get("bound"))):
        yield Fault(None, f"gap_history ends at {rows[-1][1:]}, the plan costs {s.get('cost')} over {s.get('bound')}")


def _times(run: Published) -> Found:
    s = run.summary
    stages = [v for v in (s.get("stages") or {}).values() if isinstance(v, int | float)]
    if min([*stages, 0.0]) < 0 or _off(s.get("seconds"), sum(stages)):
        yield Fault(None, f"seconds is {s.get('seconds')}, its stages add up to {sum(stages):.6g}")


def figures(run: Published, expected: Expected) -> Found:
    """Ensures the figures of hours, heads and shifts."""
    s, hours = run.summary, run.asked.grid_min / 60
    over = under = required = floor_hours = 0.0
    below: list[tuple[float, str, float]] = []
    for name, n in expected.needs.items():
        heads = run.heads[name]
        rows = n.open | (heads > 0)
        beyond = (heads - n.need)[rows]
        over += float(np.maximum(beyond, 0.0).sum())
        under += float(np.maximum(-beyond, 0.0).sum())
        required += float(n.need[rows].sum())
        lack = np.maximum(n.floor - heads, 0.0) if n.decides else np.zeros(len(heads))
        floor_hours += float(lack.sum()) * hours
        below += [(t, name, x) for t, x in zip(run.slots[lack > 0], lack[lack > 0], strict=True)]
    wanted: dict[str, float | None] = {
        "over_agent_hours": over * hours,
        "under_agent_hours": under * hours,
        "schedule_fit": 1.0 - (over + under) / required if required > 0 else None,
        "below_floor_agent_hours": floor_hours,
        "below_floor_slots": len(below),
        "paid_hours": sum(w.paid_min for shifts in paid_shifts(run).values() for w in shifts) / 60,
        "open_shifts": len(run.tables["open_shifts"]) if "open_shifts" in run.tables else 0,
        "agents": sum(any(w.employed(d) for d in run.asked.dates) for w in run.plan.weeks.values()),
    }
    for key, want in wanted.items():
        if _off(s.get(key), want):
            yield Fault(None, f"{key} is {s.get(key)}, recounted {want if want is None else f'{want:.6g}'}")
    worst = s.get("below_floor_worst")
    if (worst is None) != (not below):
        yield Fault(None, f"below_floor_worst is {worst}, and {len(below)} slots lie below the floor")
    elif worst is not None:
        queue, start = worst.get("queue"), run.asked.clock.minute(worst.get("start"))
        if (queue, start) not in {(name, t) for t, name, _ in below}:
            yield Fault(None, f"below_floor_worst is {worst}, which does not lie below the floor")
        else:
            n = expected.needs[str(queue)]
            at = np.flatnonzero(run.slots[n.open] == start)[0]
            level = share(*n.counted(run.heads[str(queue)]))[at]
            if _off(worst.get("expected"), _known(level), 1e-5):
                yield Fault(
                    None, f"the worst service below the floor is {worst.get('expected')}, recounted {level:.6g}"
                )
    repairs = s.get("repairs")
    if not isinstance(repairs, int) or not 0 <= repairs <= 100:
        yield Fault(None, f"repairs is {repairs!r}")


def services(run: Published) -> Found:
    """Ensures that the week's service in summary.json is that of service.csv, queues weighted by calls."""
    s, table = run.summary, run.tables["service"]
    rows = table[(table["period"] == "week") & (table["calls"] > 0)]
    told = s.get("queues") or {}
    if set(told) != set(rows["queue"]):
        yield Fault(None, f"queues tells {', '.join(map(str, told)) or 'none'}, service.csv {', '.join(rows['queue'])}")
        return
    for r in rows.to_dict("records"):
        q = told[r["queue"]]
        ci = q.get("ci") or [None, None]
        for key, have, want in (
            ("goal", q.get("goal"), r["goal"]), ("expected", q.get("expected"), r["expected"]),
            ("simulated", q.get("simulated"), r["simulated"]), ("ci", ci[0], r["ci_lo"]), ("ci", ci[1], r["ci_hi"]),
        ):  # fmt: skip
            if _off(have, _known(want), 2e-6):
                yield Fault(None, f"queues.{r['queue']}.{key} is {have}, service.csv tells {want:.6g}")
    weight = rows["calls"].to_numpy(dtype=float) / max(float(rows["calls"].sum()), 1e-12)
    level = {k: weight @ rows[k].to_numpy(dtype=float) if len(rows) else np.nan for k in ("expected", "simulated")}
    half = float(np.sqrt(((weight * (rows["ci_hi"] - rows["ci_lo"]).to_numpy(dtype=float) / 2) ** 2).sum()))
    ci = s.get("service_level_ci") or [None, None]
    mean = _known(level["simulated"])
    for key, have, want in (
        ("service_level_expected", s.get("service_level_expected"), _known(level["expected"])),
        ("service_level_simulated", s.get("service_level_simulated"), mean),
        ("service_level_ci", ci[0], None if mean is None else max(0.0, mean - half)),
        ("service_level_ci", ci[1], None if mean is None else min(1.0, mean + half)),
    ):
        if _off(have, want, 5e-6):
            yield Fault(None, f"{key} is {have}, service.csv makes it {want if want is None else f'{want:.6g}'}")
    occupancy = s.get("occupancy")
    if (occupancy is None) != (s.get("simulation") is None) and mean is not None:
        yield Fault(
            None, f"occupancy is {occupancy}, and the run has {'no' if s.get('simulation') is None else 'a'} simulation"
        )
    elif occupancy is not None and not 0 <= occupancy <= 1:
        yield Fault(None, f"occupancy is {occupancy}, a share lies between 0 and 1")


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
