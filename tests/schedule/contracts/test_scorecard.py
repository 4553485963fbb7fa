"""The scorecard: two scores that stay apart, weights, gates, ranks, and what is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.errors import InputError
from busyhour.schedule.contracts.contract import Contract
from busyhour.schedule.contracts.goal import Goal
from busyhour.schedule.contracts.scorecard import OVERALL, QUALITY, SERVICE, Scale, Scorecard, Settings, scorecard
from busyhour.schedule.contracts.terms import Gate, Money

LEVEL = Goal("service level", "service_level", 0.7, definition="offered", within_s=20, weight=1.0)
WAIT = Goal("wait", "asa", 30.0)
FCR = Goal("resolution", "fcr", 0.75)
CALL = Goal("call quality", "quality", 0.7)
CONTRACT = Contract("Cards", ("cards",), (LEVEL, WAIT, FCR, CALL), money=Money(100.0, 0.1, gates=(Gate("resolution"),)))
SETTINGS = Settings(weights={"resolution": 0.5, "call quality": 0.5}, draws=500)


def counted(share: float, days: int = 20, *, seed: int = 0) -> pd.DataFrame:
    """Return a counted goal: 30 calls an hour, a share of them good, days differing a little."""
    rng = np.random.default_rng(seed)
    starts = [d + pd.Timedelta(hours=h) for d in pd.bdate_range("2026-09-07", periods=days) for h in (9, 10)]
    off = np.repeat(rng.normal(0, 0.03, days), 2)
    return pd.DataFrame({
        "queue": "cards", "start": starts, "numerator": np.round(30 * (share + off)), "denominator": 30.0,
        "offered": 30.0, "clause": "", "unknown": "",
    })  # fmt: skip


def scores(shares: Mapping[str, Mapping[str, float]], calls: int = 20) -> pd.DataFrame:
    """Return scores: vendor → goal → share of calls with the best score; three people score in turn."""
    rows = []
    for vendor, goals in shares.items():
        for goal, share in goals.items():
            rows += [
                (vendor, pd.Timestamp("2026-09-07") + pd.Timedelta(days=k % 20), goal, ("Ann", "Bob", "Cid")[k % 3],
                 float(k % calls < round(share * calls)))
                for k in range(calls)
            ]  # fmt: skip
    return pd.DataFrame(rows, columns=["vendor", "date", "goal", "scorer", "share"])


ALIKE = {"north": {"resolution": 0.8, "call quality": 0.8}, "south": {"resolution": 0.8, "call quality": 0.8}}


def made(settings: Settings = SETTINGS, shares: Mapping[str, Mapping[str, float]] = ALIKE) -> Scorecard:
    """Return the scorecard of two vendors, north far better in service."""
    counts = {"service level": {"north": counted(0.85, seed=1), "south": counted(0.65, seed=2)}}
    return scorecard(CONTRACT, counts, scores(shares), settings, seed=3)


def test_service_and_quality_stay_apart_unless_somebody_says_how() -> None:
    """Without a share of quality there is no overall score; with one its weights are told."""
    assert set(made().rankings) == {SERVICE, QUALITY}
    whole = made(replace(SETTINGS, quality=0.4))
    assert whole.weights[OVERALL] == pytest.approx({"service level": 0.6, "resolution": 0.2, "call quality": 0.2})
    own = whole.rankings
    at = {name: dict(zip(own[name].vendors, own[name].scores, strict=True)) for name in own}
    assert at[OVERALL]["north"] == pytest.approx(0.6 * at[SERVICE]["north"] + 0.4 * at[QUALITY]["north"])


def test_service_is_told_apart_and_twenty_scores_are_not() -> None:
    """Twenty points of service over twenty days are sure; 80 % and 80 % of twenty calls are not."""
    card = made()
    assert card.rankings[SERVICE].ranks[0, 0] > 0.99
    assert card.rankings[SERVICE].not_told_from("north") == ()
    assert card.rankings[QUALITY].not_told_from("north") == ("south",)


def test_a_gate_met_by_a_few_calls_is_not_shown_to_be_met() -> None:
    """80 % of 20 calls meets 75 % by the letter; the chance that it is truly met says how sure that is."""
    entry = made().entries["north", "resolution"]
    assert entry.met is True
    assert not entry.sure
    assert entry.chance is not None
    assert 0.5 < entry.chance < 0.9


def test_a_gate_without_data_is_unknown_and_its_vendor_is_not_ranked() -> None:
    """Who has no score of a goal that weighs has no rank in quality, and is told why."""
    shares = {"north": ALIKE["north"], "south": {"call quality": 0.9}}
    card = made(shares=shares)
    assert ("south", "resolution") not in card.entries
    assert card.rankings[QUALITY].vendors == ("north",)
    assert "resolution" in card.unranked[QUALITY]["south"]
    assert card.gates == ("resolution",)


def test_seconds_earn_points_only_on_a_scale() -> None:
    """A mean wait without a scale is in no score; with one it is."""
    wait = {
        v: counted(0.5, seed=k).assign(numerator=lambda t: 20 * t["denominator"])
        for k, v in enumerate(("north", "south"))
    }
    counts = {"service level": {"north": counted(0.85), "south": counted(0.65)}, "wait": wait}
    without = scorecard(CONTRACT, counts, scores(ALIKE), SETTINGS)
    assert without.weights[SERVICE] == {"service level": 1.0}
    assert np.isnan(without.entries["north", "wait"].points)
    scaled = scorecard(CONTRACT, counts, scores(ALIKE), replace(SETTINGS, scales={"wait": Scale(60.0, 0.0)}))
    assert scaled.entries["north", "wait"].points == pytest.approx(2 / 3)
    assert scaled.entries["north", "wait"].met is True


def test_less_is_better_for_abandonment() -> None:
    """Points of a share that should be small run the other way."""
    lost = Goal("lost", "abandonment", 0.05, definition="offered")
    assert float(SETTINGS.scale_of(lost).share(0.03)) == pytest.approx(0.97)  # type: ignore[union-attr]


def test_few_days_are_not_ranked() -> None:
    """Three days give a figure, but no rank."""
    counts = {"service level": {"north": counted(0.85, days=3), "south": counted(0.65)}}
    card = scorecard(CONTRACT, counts, scores(ALIKE), SETTINGS)
    assert card.unranked[SERVICE] == {"north": "too few days of service level"}
    assert card.entries["north", "service level"].chance is None


def test_history_counts_as_the_contract_does() -> None:
    """A month that meets the level is met, and trends go by weeks where there are few months."""
    card = made()
    history = card.entries["north", "service level"].history
    assert (history.met, history.judged) == (2, 2)
    assert card.span == "week"
    assert [p.period for p in history.points] == ["2026-W37", "2026-W38", "2026-W39", "2026-W40"]


def test_the_same_seed_gives_the_same_card() -> None:
    """Draws come from the seed alone."""
    one, again = made(), made()
    assert (one.rankings[QUALITY].ranks == again.rankings[QUALITY].ranks).all()
    assert (one.rankings[SERVICE].ranks == again.rankings[SERVICE].ranks).all()


def test_settings_have_ranges() -> None:
    """A share of quality lies between 0 and 1, a scale has two ends."""
    with pytest.raises(InputError, match="quality"):
        Settings(quality=1.2)
    with pytest.raises(InputError, match="without length"):
        Scale(1.0, 1.0)
