"""Knobs of searches keep their ranges."""

import dataclasses

import pytest

from busyhour.schedule.cover.params import CoverParams
from busyhour.schedule.exchange.params import ExchangeParams


@pytest.mark.parametrize("kind", [CoverParams, ExchangeParams])
def test_every_knob_has_a_range_and_its_default_lies_inside(kind):
    for knob in dataclasses.fields(kind):
        with pytest.raises(ValueError, match=rf"Expected {knob.name} .*, got -1"):
            kind(**{knob.name: -1})
        assert getattr(kind(), knob.name) == knob.default
        assert f"{knob.name}" in kind.__doc__


def test_a_share_is_at_most_1():
    with pytest.raises(ValueError, match=r"Expected mend_share between 0 and 1, got 1\.5\."):
        CoverParams(mend_share=1.5)
