"""summary.json of an attainment."""

from __future__ import annotations

import math
from typing import Any

from ...schedule.contracts.attainment import Attainment
from ...schedule.contracts.money import Settlement
from ..versions import versions
from .attain import Attained
from .words import headline, projection_lines

KIND = "attainment"
"""What ``kind`` of summary.json says, by which such folders are told from runs of plans."""


def summarise(found: Attained) -> dict[str, Any]:
    """Return the summary of an attainment: plain values, unknown ones None."""
    contract, now = found.contract, found.now
    return {
        "kind": KIND,
        "contract": contract.name,
        "client": contract.client,
        "vendor": contract.vendor,
        "note": contract.note,
        "currency": contract.money.currency if contract.money else "",
        "headline": headline(found),
        "period": str(now.period),
        "until": now.until.isoformat(),
        "over": now.over,
        "stopped": "user" if found.stopped else None,
        "counted_from": "calls" if found.single else "intervals",
        "goals": [_goal(found, now, f.goal, i) for i, f in enumerate(now.figures)],
        "excluded": len(now.excluded),
        "unknown": len(now.unknown),
        "money": None if now.money is None else _money(now.money),
        "termination": _termination(found),
        "projection": _projection(found),
        "history": [_past(one) for one in found.history],
        "notes": [*found.notes, *projection_lines(found)],
        "versions": versions(),
        "input_hashes": {name: file.sha256 for name, file in found.files.items()},
    }


def _goal(found: Attained, now: Attainment, name: str, at: int) -> dict[str, Any]:
    goal, f = found.contract.goal(name), now.figures[at]
    return {
        "goal": name, "unit": f.unit, "metric": goal.metric, "definition": goal.definition, "within_s": goal.within_s,
        "aggregation": goal.aggregation, "numerator": f.numerator, "denominator": f.denominator, "figure": f.figure,
        "comparison": goal.way, "wanted": f.wanted, "met": f.met, "why": f.why, "pooled": f.pooled,
        "excluded": f.excluded, "unknown": f.unknown,
    }  # fmt: skip


def _money(s: Settlement) -> dict[str, Any]:
    return {
        "fee": s.fee, "paid_for": s.quantity, "at_risk": s.at_risk, "malus": s.malus, "bonus": s.bonus,
        "earned_back": sum(b.amount for b in s.earned_back), "net": s.net, "critical": list(s.critical),
        "void": list(s.void), "withheld": list(s.withheld), "capped": list(s.capped),
        "amounts": [{"goal": a.goal, "at_risk": a.at_risk, "share": a.share, "amount": a.amount} for a in s.amounts],
    }  # fmt: skip


def _termination(found: Attained) -> dict[str, Any] | None:
    far = found.now.termination
    if far is None:
        return None
    return {"missed": far.missed, "of": far.of, "more": far.more, "if_this_is_missed": far.if_missed}


def _projection(found: Attained) -> dict[str, Any] | None:
    p = found.projection
    if p is None:
        return None
    return {
        "period": str(p.period), "runs": p.runs, "planned_days": [d.isoformat() for d in p.planned],
        "assumed_days": [d.isoformat() for d in p.assumed], "days_left_out": [d.isoformat() for d in p.unplanned],
        "goals": [
            {"goal": c.goal, "unit": c.unit, "probability": c.probability, "ci": [c.low, c.high],
             "figure_q0.1": _known(c.figure_low), "figure": _known(c.figure), "figure_q0.9": _known(c.figure_high),
             "held": c.held}
            for c in p.chances
        ],
        "probability_missed": p.missed,
        **({} if p.money is None else {
            "malus": p.money.malus, "bonus": p.money.bonus, "earned_back": p.money.earned_back, "net": p.money.net,
            "net_q0.1": p.money.low, "net_q0.9": p.money.high,
        }),
    }  # fmt: skip


def _past(one: Attainment) -> dict[str, Any]:
    return {
        "period": str(one.period), "over": one.over, "missed": one.missed,
        "met": {f.goal: f.met for f in one.figures if one.result(f.goal) is not None},
        "net": None if one.money is None else one.money.net,
    }  # fmt: skip


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
