"""Parameters of models and searches: ranges are checked, and the options of a forecast refuse what makes no sense."""

import pytest

from busyhour.forecast.backtesting.race import RaceParams
from busyhour.forecast.calls.history_options import HistoryOptions
from busyhour.forecast.calls.level_shifts import LevelShiftParams
from busyhour.forecast.errors import InputError
from busyhour.forecast.handle_time.cells import HandleCellParams
from busyhour.forecast.handle_time.level import LevelParams
from busyhour.forecast.models.effects import EffectPrior
from busyhour.forecast.models.factor import FactorParams
from busyhour.forecast.models.glm import GlmParams
from busyhour.forecast.models.holtwinters import HoltWintersParams
from busyhour.forecast.models.lowrank import LowRankParams
from busyhour.forecast.models.mstl import MstlParams
from busyhour.forecast.models.process import ProcessParams
from busyhour.forecast.models.running_day import RunningDayParams
from busyhour.forecast.models.twostage import TwoStageParams
from busyhour.forecast.options import ForecastOptions
from busyhour.forecast.patience.from_intervals import PatienceParams


@pytest.mark.parametrize(
    ("kind", "field", "value", "message"),
    [
        (LevelShiftParams, "sure_noise", -5.0, r"Expected sure_noise > 0, got -5.0."),
        (LevelShiftParams, "steady_share", 1.5, r"Expected 0 ≤ steady_share ≤ 1, got 1.5."),
        (RaceParams, "heat", 0, r"Expected heat ≥ 1, got 0."),
        (FactorParams, "noise", float("nan"), "Expected noise > 0"),
        (LowRankParams, "most_factors", 2, "Expected most_factors ≥ 3"),
        (ProcessParams, "odd_sd", 0.0, "Expected odd_sd > 0"),
        (GlmParams, "steps", 0, "Expected steps ≥ 1"),
        (HoltWintersParams, "start", (0.5, 0.0, 0.1, 0.5), "Expected start > 0"),
        (MstlParams, "window_weeks", 3, "Expected window_weeks ≥ 4"),
        (RunningDayParams, "gains", (0.5, 2.0), "Expected 0 ≤ gains ≤ 1"),
        (TwoStageParams, "year_days", 100, "Expected year_days ≥ 366"),
        (HandleCellParams, "far", 0.5, "Expected far ≥ 1"),
        (LevelParams, "damping", 1.0, "Expected 0 ≤ damping ≤ 0.999"),
        (PatienceParams, "least_seen", 2.0, "Expected 0 ≤ least_seen ≤ 1"),
    ],
)
def test_a_parameter_out_of_range_is_refused(kind, field, value, message):
    kind()
    with pytest.raises(ValueError, match=message):
        kind(**{field: value})


def test_a_prior_forgets_after_some_time_or_never():
    assert EffectPrior(1.0, 1.0).days is None
    with pytest.raises(ValueError, match="Expected days > 0, got 0"):
        EffectPrior(1.0, 1.0, days=0.0)


@pytest.mark.parametrize("options", [{"days": 0}, {"days": 551}, {"days": True}, {"origins": -1}, {"processes": 0}])
def test_an_impossible_forecast_is_refused(options):
    with pytest.raises(InputError, match="Expected"):
        ForecastOptions(**options)


@pytest.mark.parametrize(
    ("options", "word"), [({"interval_min": 7}, "not an interval"), ({"min_intervals": -1}, "at least 0")]
)
def test_a_history_that_cannot_be_read_so_is_refused(options, word):
    with pytest.raises(InputError, match=word):
        HistoryOptions(**options)
