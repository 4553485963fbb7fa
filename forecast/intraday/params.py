"""Parameters of the watch over a running day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..ranges import check_ranges


@dataclass(frozen=True)
class WatchParams:
    """What a day is tested for, and which past days the tests are calibrated on.

    Parameters
    ----------
    days
        Past days calibrated on, at most, at least `least_days`: a threshold from two months of days is uncertain by a
        factor of two in its rate of alarms; years ago the desk was another.
    least_days
        Past days below which nothing is promised and no alarm is raised, at least 10.
    base_days
        Days with calls before the first of these, at least 10: each is forecast from the days before it, as today is.
    refit_days
        Days after which the model of the past days is fitted anew, at least 1: in between only its scores move on.
    window_min
        Minutes before now in which a change may have begun, above 0: older ones are the day's new level.
    clip_sd
        Standard deviations to which an interval's surprise is cut for the tests, above 0: single wild intervals would
        set the threshold. Sizes are estimated from uncut surprises.
    clip_below_min
        Minutes of an interval below which surprises are cut, at least 0: in a quarter of an hour a change is told by
        one or two surprises, and cutting them costs an interval.
    small_calls
        Calls of a half-hour below which the test for counts stands beside the test for roots, at least 0.
    planned_step
        Change for which the test for counts is made, as a share, between 0 and 1.
    over_lead
        Log likelihood by which an ended change must beat one that goes on, above 0: at 5 one lasting change in
        twenty-five is wrongly called over within four hours.
    near_min
        Minutes about the first estimate of a change's beginning in which the beginning is sought again, at least 0.
    outage_share
        Share of the expected calls up to which a change is called an outage, between 0 and 1.
    outage_sd
        Standard deviations by which a single interval must fall short to be an outage at once, above `clip_sd`.
    outage_calls
        Calls expected since the beginning without which no change is called an outage, above 0.
    handle_share
        Share of the false alarms that handle times may use where they are known, between 0 and 1.
    update_sd
        Standard deviations to which a surprise is cut before it moves the forecast, above 0: a broken counter must not
        move the day.
    """

    days: int = 100
    least_days: int = 20
    base_days: int = 30
    refit_days: int = 25
    window_min: float = 180.0
    clip_sd: float = 3.0
    clip_below_min: float = 10.0
    small_calls: float = 300.0
    planned_step: float = 0.3
    over_lead: float = 5.0
    near_min: float = 30.0
    outage_share: float = 0.2
    outage_sd: float = 6.0
    outage_calls: float = 10.0
    handle_share: float = 0.25
    update_sd: float = 6.0

    def __post_init__(self) -> None:
        check_ranges(
            self,
            positive=("window_min", "clip_sd", "planned_step", "over_lead", "outage_calls", "update_sd"),
            days=(self.least_days, np.inf),
            least_days=(10, np.inf),
            base_days=(10, np.inf),
            refit_days=(1, np.inf),
            clip_below_min=(0.0, np.inf),
            small_calls=(0.0, np.inf),
            planned_step=(0.0, 1.0),
            near_min=(0.0, np.inf),
            outage_share=(0.0, 1.0),
            outage_sd=(self.clip_sd, np.inf),
            handle_share=(0.0, 1.0),
        )

    def clips(self, minutes: int) -> float:
        """Return the standard deviations to which surprises of intervals that long are cut."""
        return self.clip_sd if minutes < self.clip_below_min else np.inf


PARAMS = WatchParams()
