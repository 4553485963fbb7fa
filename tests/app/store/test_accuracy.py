"""Accuracy against sums made by hand with pandas, on both kinds of store."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from scored_days import DAY, ZONE, calls_of, grid, rows

from busyhour.app.accuracy import found_in
from busyhour.app.store.accuracy import BY, accuracy
from busyhour.app.store.calls import take
from busyhour.app.store.entries import site_id
from busyhour.app.store.open import Store
from busyhour.app.store.schema import queue
from busyhour.app.store.schema import score as table
from busyhour.app.store.schema import site as sites
from busyhour.forecast.errors import InputError


@pytest.fixture
def many(store: Store) -> Store:
    """A store with made-up scores of two sites, two queues, three leads and forty days."""
    rng = np.random.default_rng(3)
    with store.write() as c:
        ids = []
        for zone, name in ((ZONE, "lisbon"), ("America/New_York", "york")):
            site = site_id(c, name, zone)
            take(
                c,
                site,
                name,
                name,
                pd.concat(calls_of(grid("2026-03-02", 1, zone), queue=q) for q in ("sales", "help")),
            )
        ids = list(c.scalars(sa.select(queue.c.id).order_by(queue.c.id)))
        made = []
        for number in ids:
            for lead in (0, 1, 7):
                for i in range(40):
                    x = rng.uniform(1, 100, 13)
                    made.append(
                        {
                            "queue": number, "lead": lead, "day": str(dt.date(2026, 3, 2) + i * DAY), "n": 30 + i,
                            "unknown": i % 3, "actual": 500 + x[0], "error": x[1] - 50, "abs_error": x[2],
                            "squared_error": x[3], "inside_80": None if i % 5 == 0 else x[4] / 4, "naive_n": 20.0,
                            "naive_abs": x[5], "own_abs": x[6], "model_abs": None if i % 11 == 0 else x[7],
                            "handle_n": x[8], "handle_actual": 200 * x[8], "handle_error": x[9] - 50,
                            "handle_abs": x[10], "model": "mean" if i % 2 else "factor",
                        }
                    )  # fmt: skip
        c.execute(sa.insert(table), made)
    return store


@pytest.mark.parametrize(
    "by",
    [(), ("lead",), ("queue",), ("site", "queue"), ("lead", "weekday"), ("week", "queue"), ("model", "week", "lead")],
)
def test_accuracy_is_made_of_sums(many: Store, by: tuple[str, ...]) -> None:
    with many.read() as c:
        found = accuracy(c, by)
        names = c.execute(sa.select(queue.c.id, queue.c.name, sites.c.name).join(sites)).all()
    every = rows(many).astype({"inside_80": float, "model_abs": float})
    every["site"] = every["queue"].map({i: s for i, _, s in names})
    every["queue"] = every["queue"].map({i: q for i, q, _ in names})
    day = pd.to_datetime(every["day"])
    every["weekday"] = day.dt.day_name()
    every["week"] = [str((d - d.weekday() * DAY).date()) for d in day]
    groups = every.groupby(list(by)) if by else [((), every)]
    assert len(found) == len(groups)
    for key, part in groups:
        mine = found
        for name, value in zip(by, key, strict=True):
            mine = mine[mine[name] == value]
        (one,) = mine.to_dict("records")
        banded, modelled = part[part["inside_80"].notna()], part[part["model_abs"].notna()]
        calls = part["actual"].sum()
        assert (one["intervals"], one["unknown"]) == (part["n"].sum(), part["unknown"].sum())
        expected = {
            "calls": calls, "wape": part["abs_error"].sum() / calls, "bias": part["error"].sum() / calls,
            "rmse": np.sqrt(part["squared_error"].sum() / part["n"].sum()),
            "coverage_80": banded["inside_80"].sum() / banded["n"].sum(),
            "skill": 1 - part["own_abs"].sum() / part["naive_abs"].sum(),
            "model_wape": modelled["model_abs"].sum() / modelled["actual"].sum(),
            "overrides_value": modelled["model_abs"].sum() - modelled["abs_error"].sum(),
            "handle_wape": part["handle_abs"].sum() / part["handle_actual"].sum(),
            "handle_bias": part["handle_error"].sum() / part["handle_actual"].sum(),
        }  # fmt: skip
        for name, value in expected.items():
            assert one[name] == pytest.approx(value), (key, name)


@pytest.mark.parametrize(("by", "told"), [((), ("lead",)), (("queue",), ("queue", "lead")), (("lead", "week"),) * 2])
def test_what_is_told_never_adds_leads_up(many: Store, by: tuple[str, ...], told: tuple[str, ...]) -> None:
    with many.read() as c:
        found = found_in(c, "all", by, None, None, page=False)
        assert found.table.equals(accuracy(c, told))
    assert found.by == told


def test_accuracy_since_a_day_of_one_site_in_the_order_of_the_week(many: Store) -> None:
    with many.read() as c:
        whole = accuracy(c, ("weekday",), dt.date(2026, 4, 6), 2)
    assert whole["weekday"].tolist() == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    every = rows(many)
    mine = every[(every["day"] >= "2026-04-06") & every["queue"].isin([3, 4])]
    assert whole["intervals"].sum() == mine["n"].sum()


@pytest.mark.parametrize("by", [("hour",), ("lead", "lead")])
def test_accuracy_knows_its_words(store: Store, by: tuple[str, ...]) -> None:
    with store.read() as c, pytest.raises(InputError, match="lead"):
        accuracy(c, by)
    assert "hour" not in BY


def test_a_store_without_scores_has_no_accuracy(store: Store) -> None:
    with store.read() as c:
        assert accuracy(c, ("queue", "week")).empty
        assert accuracy(c, ()).empty
