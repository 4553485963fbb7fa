"""The parameters of the searches: their ranges are checked, and a run obeys what it is given."""

from __future__ import annotations

import dataclasses

import pytest

from busyhour.forecast.progress import Watch
from busyhour.schedule.cover.params import CoverParams
from busyhour.schedule.exchange.params import ExchangeParams
from busyhour.schedule.optimise.ascent import AscentParams
from busyhour.schedule.people.params import AnnealingParams, DescentParams, DualParams, MovesParams, PeopleParams
from busyhour.schedule.people.solve import solve_named
from busyhour.schedule.people.tiny_problem import tiny_problem
from busyhour.schedule.periods.params import AnnealParams, ColumnParams, PatchParams, PeriodParams


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (MovesParams, {"breaks": 0.9}),
        (MovesParams, {"cold": 1.0}),
        (MovesParams, {"chunk": 0}),
        (MovesParams, {"again": 0.01}),
        (MovesParams, {"trial": -1}),
        (MovesParams, {"far": 0}),
        (AscentParams, {"shrink": 1.0}),
        (AscentParams, {"patience": 0}),
        (DualParams, {"near": 0.0}),
        (DescentParams, {"widths": (1.0, 0.0)}),
        (DescentParams, {"dearer": 1.0}),
        (AnnealingParams, {"cold": 2.0}),
        (AnnealingParams, {"pairs": 1.5}),
        (PeopleParams, {"polish_share": -0.1}),
        (ColumnParams, {"lowest": 0.5}),
        (AnnealParams, {"width_low": 0.5}),
        (PatchParams, {"shrink": 0.0}),
        (PeriodParams, {"tries": 0}),
        (PeriodParams, {"patch_dives": (2.0,)}),
    ],
)
def test_a_parameter_out_of_its_range_is_refused_in_one_sentence(kind, wrong):
    with pytest.raises(ValueError, match=r"^Expected .*, got .*\.$"):
        kind(**wrong)


def test_a_run_obeys_its_parameters():
    told = []
    params = PeopleParams(descent=DescentParams(widths=(0.7,)), annealing=AnnealingParams(steps=0))
    watch = Watch(show=lambda event: told.append(event.text))
    solve_named(tiny_problem(), watch=watch, time_limit_s=60.0, gap=0.0, params=params)
    assert {text for text in told if text.startswith("smoothing")} == {"smoothing 0.7"}


@pytest.mark.parametrize("kind", [CoverParams, ExchangeParams])
def test_every_knob_has_a_range_and_its_default_lies_inside(kind):
    for knob in dataclasses.fields(kind):
        with pytest.raises(ValueError, match=rf"Expected (0 ≤ )?{knob.name} .*, got -1"):
            kind(**{knob.name: -1})
        assert getattr(kind(), knob.name) == knob.default
        assert f"{knob.name}" in kind.__doc__


def test_a_share_is_at_most_1():
    with pytest.raises(ValueError, match=r"Expected 0 ≤ mend_share ≤ 1, got 1\.5\."):
        CoverParams(mend_share=1.5)
