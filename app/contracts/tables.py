"""The tables that an attainment publishes."""

from __future__ import annotations

import pandas as pd

from ...schedule.contracts.attainment import Attainment
from ...schedule.contracts.figures import Figure
from .attain import Attained

FIGURES = (
    "period", "goal", "unit", "metric", "definition", "within_s", "aggregation", "numerator", "denominator", "figure",
    "comparison", "wanted", "met", "why", "pooled", "excluded", "unknown",
)  # fmt: skip


def tables_of(found: Attained) -> dict[str, pd.DataFrame]:
    """Return every table of an attainment by the name of its file without ``.csv``."""
    out = {
        "attainment": pd.DataFrame(
            [_figure(found, one, f) for one in found.history for f in one.figures], columns=list(FIGURES)
        ),
        "excluded": _rows(found, "excluded"),
        "unknown": _rows(found, "unknown"),
    }
    if found.contract.money is not None:
        out["money"] = pd.DataFrame([_money(one) for one in found.history])
        out["amounts"] = pd.DataFrame(
            [
                {"period": str(one.period), "goal": a.goal, "at_risk": a.at_risk, "share": a.share, "amount": a.amount}
                for one in found.history if one.money is not None for a in one.money.amounts
            ]
        )  # fmt: skip
    if found.lock is not None:
        out["lock"] = found.lock
    if found.projection is not None:
        out["projection"] = pd.DataFrame([
            {"goal": c.goal, "unit": c.unit, "probability": c.probability, "ci_lo": c.low, "ci_hi": c.high,
             "figure_q0.1": c.figure_low, "figure": c.figure, "figure_q0.9": c.figure_high, "held": int(c.held)}
            for c in found.projection.chances
        ])  # fmt: skip
    return out


def _figure(found: Attained, one: Attainment, f: Figure) -> dict[str, object]:
    goal = found.contract.goal(f.goal)
    return {
        "period": str(one.period), "goal": f.goal, "unit": f.unit, "metric": goal.metric,
        "definition": goal.definition or "", "within_s": goal.within_s, "aggregation": goal.aggregation,
        "numerator": f.numerator, "denominator": f.denominator, "figure": f.figure, "comparison": goal.way,
        "wanted": f.wanted, "met": None if f.met is None else int(f.met), "why": f.why, "pooled": f.pooled,
        "excluded": f.excluded, "unknown": f.unknown,
    }  # fmt: skip


def _money(one: Attainment) -> dict[str, object]:
    s = one.money
    if s is None:
        return {"period": str(one.period)}
    return {
        "period": str(one.period), "over": int(one.over), "fee": s.fee, "at_risk": s.at_risk, "malus": s.malus,
        "bonus": s.bonus, "earned_back": sum(b.amount for b in s.earned_back), "net": s.net,
        "malus_before": s.malus_before, "bonus_before": s.bonus_before, "critical": "|".join(s.critical),
        "void": "|".join(s.void), "withheld": "|".join(s.withheld), "capped": "|".join(s.capped),
    }  # fmt: skip


def _rows(found: Attained, what: str) -> pd.DataFrame:
    """Return the excluded or unknown intervals of every period."""
    parts = [getattr(one, what).assign(period=str(one.period)) for one in found.history]
    rows = pd.concat([part for part in parts if len(part)] or [parts[-1]], ignore_index=True)
    first: pd.DataFrame = rows[["period", *[c for c in rows.columns if c != "period"]]]
    return first
