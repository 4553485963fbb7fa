"""The judge's own counts of wages and heads."""

import numpy as np
import pandas as pd
import pytest

from busyhour.schedule.judge.check import read_plan
from busyhour.schedule.judge.counts import check_coverage, recount, wages_between

WEEK = "2026-10-19"
BERLIN = {"plan": {"site": {"zone": "Europe/Berlin"}}, "week": WEEK}


def test_wages_follow_person_contract_and_premium(centre) -> None:
    activity, inputs = centre.legal()
    monday = 0.5 * np.array([16 / 32, 8 / 16, 20 / 32])  # share of quarter hours from 12:00: ann, ben, cat
    want = 30 * 7.5 * (5 + monday[0]) + 20 * 4 * (4 + monday[1]) + 40 * 7.5 * (3 + monday[2])
    assert wages_between(read_plan(centre.frame(activity), inputs)) == pytest.approx((want, want), rel=1e-12)


def test_wages_count_daily_overtime_per_shift(centre) -> None:
    """Ann works five and cat three shifts of 7.5 paid hours, ben four of 4: an hour and a half of each long one."""
    activity, inputs = centre.legal()
    before = wages_between(read_plan(centre.frame(activity), inputs))[0]
    inputs["plan"].setdefault("costs", {})["overtime"] = [{"after_h": 6, "share": 0.5}, {"after_h": 7, "share": 0.5}]
    want = before + 0.5 * (1.5 + 0.5) * (30 * 5 + 40 * 3)
    assert wages_between(read_plan(centre.frame(activity), inputs)) == pytest.approx((want, want), rel=1e-12)


def coverage_of(activity: pd.DataFrame) -> pd.DataFrame:
    starts = pd.date_range("2026-10-19T06:00", "2026-10-25T21:45", freq="15min", tz="Europe/Berlin")
    counts = recount(read_plan(activity, BERLIN), starts)
    required = 1.5
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "queue": q,
                    "start": starts,
                    "required": required,
                    "on_phone": n,
                    "over": np.maximum(n - required, 0),
                    "under": np.maximum(required - n, 0),
                }
            )
            for q, n in counts.items()
        ],
        ignore_index=True,
    )


def test_recount_counts_heads_by_hand(centre) -> None:
    activity = centre.frame(centre.legal()[0])
    stamps = [
        "2026-10-19T07:45",
        "2026-10-19T08:00",
        "2026-10-19T10:00",
        "2026-10-19T10:15",
        "2026-10-19T13:45",
        "2026-10-19T14:00",
        "2026-10-25T10:00",
    ]
    heads = recount(read_plan(activity, BERLIN), stamps)
    assert heads["calls"].tolist() == [0, 1, 1, 2, 2, 1, 0]
    assert heads["mail"].tolist() == [0, 0, 1, 1, 1, 1, 0]


def test_recount_wraps_a_cyclic_week(centre) -> None:
    activity = centre.frame([("n", "2026-10-25T23:00", "2026-10-26T01:00", "phone", "q")])
    stamps = ["2026-10-19T00:45", "2026-10-19T01:00", "2026-10-25T23:00"]
    assert recount(read_plan(activity, {"plan": {"cyclic": True}, "week": WEEK}), stamps)["q"].tolist() == [1, 0, 1]


def test_recount_takes_in_last_weeks_shifts_that_run_on(centre) -> None:
    earlier = centre.frame(
        [
            ("n", "2026-10-18T22:00", "2026-10-19T00:00", "phone", "q"),
            ("n", "2026-10-19T00:00", "2026-10-19T00:15", "break", ""),
            ("n", "2026-10-19T00:15", "2026-10-19T06:00", "phone", "q"),
            ("m", "2026-10-19T00:00", "2026-10-19T08:00", "phone", "q"),  # a shift of this week, planned anew
        ]
    )
    inputs = {"plan": {}, "week": WEEK, "previous_activity": earlier}
    stamps = ["2026-10-19T00:00", "2026-10-19T00:15", "2026-10-19T05:45", "2026-10-19T06:00"]
    assert recount(read_plan(centre.frame([]), inputs), stamps)["q"].tolist() == [0, 1, 1, 0]
    nobody = {"queue": "q", "start": stamps, "required": 0.0, "on_phone": 0.0, "over": 0.0, "under": 0.0}
    found = check_coverage(read_plan(centre.frame([]), inputs), pd.DataFrame(nobody))
    assert {v.start for v in found if v.text.startswith("on_phone")} == {"2026-10-19T00:15:00", "2026-10-19T05:45:00"}


def test_coverage_that_follows_from_the_activity_passes(centre) -> None:
    activity = centre.frame(centre.legal()[0])
    assert check_coverage(read_plan(activity, BERLIN), coverage_of(activity)) == []


@pytest.mark.parametrize("column", ["on_phone", "over", "under"])
def test_a_wrong_count_is_found(centre, column: str) -> None:
    activity = centre.frame(centre.legal()[0])
    coverage = coverage_of(activity)
    coverage.loc[20, column] += 1
    assert any(v.text.startswith(column) for v in check_coverage(read_plan(activity, BERLIN), coverage))


def test_phone_work_without_a_row_is_found(centre) -> None:
    activity = centre.frame(centre.legal()[0])
    coverage = coverage_of(activity)
    gone = coverage[(coverage["queue"] != "mail") | (coverage["on_phone"] == 0) | (coverage.index % 7 > 0)]
    found = check_coverage(read_plan(activity, BERLIN), gone)
    assert {v.text for v in found} == {"mail has heads on the phone and no row"}
    assert len(found) == len(coverage) - len(gone)
