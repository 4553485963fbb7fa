"""Agents from loads: every target, whole and fractional, by solver and by table."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from busyhour.forecast.errors import InputError
from busyhour.forecast.queueing import AgentsTable, ServiceGoal, erlang_c, performance, required_agents
from busyhour.forecast.queueing.formulas.service_level import DEFINITIONS

GOALS = [
    ServiceGoal(0.8, 20), ServiceGoal(0.8, 0), ServiceGoal(0.95, 300, "answered"), ServiceGoal(0.8, 20, "total"),
    ServiceGoal(0.5, 20, "excl_short", max_abandon=0.02), ServiceGoal(0, 0, max_occupancy=0.85),
    ServiceGoal(0, 0, max_asa_s=10), ServiceGoal(0, 0, max_asa_all_s=10), ServiceGoal(0, 0, max_wait_share=0.2),
    ServiceGoal(0.7, 30, max_wait_share=0.4, max_occupancy=0.9, min_agents=3),
]  # fmt: skip


def holds(found, goal):
    """Return whether measures meet a goal, told apart from the code that solves."""
    caps = ((found.p_abandon, goal.max_abandon), (found.occupancy, goal.max_occupancy), (found.asa_s, goal.max_asa_s),
            (found.asa_all_s, goal.max_asa_all_s), (found.p_wait, goal.max_wait_share))  # fmt: skip
    return found.service_level(goal.definition) >= goal.level - 1e-9 and all(
        cap is None or value <= cap + 1e-9 for value, cap in caps
    )


@pytest.mark.parametrize("goal", GOALS, ids=lambda g: f"{g}{g.definition}")
@pytest.mark.parametrize(("model", "patience_s", "places"), [
    ("erlang_b", None, None), ("erlang_c", None, None), ("erlang_a", 90.0, None), ("erlang_c", None, 6),
    ("erlang_a", 90.0, 40),
])  # fmt: skip
def test_is_the_least_that_holds(goal, model, patience_s, places):
    loads = np.array([0.02, 0.6, 3.0, 17.5, 64.0])
    found = required_agents(model, loads, 240, patience_s, goal, queue_places=places)
    for a, n in zip(loads, found, strict=True):
        more, less = (
            performance(
                model,
                int(agents),
                load_erl=a,
                aht_s=240,
                patience_s=patience_s,
                within_s=goal.within_s,
                short_s=goal.short_s,
                queue_places=places,
            )
            for agents in (n, n - 1)
        )
        assert holds(more, goal)
        assert n == max(1, goal.min_agents) or not holds(less, goal)


@pytest.mark.slow
@given(model=st.sampled_from(["erlang_b", "erlang_c", "erlang_a"]), goal=st.sampled_from(GOALS), h=st.floats(20, 900),
       patience=st.floats(1, 3000), loads=st.lists(st.floats(0, 60), min_size=1, max_size=8))  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_table_and_solver_agree_and_the_fraction_lies_just_below(model, goal, h, patience, loads):
    whole = required_agents(model, loads, h, patience, goal)
    table = AgentsTable.build(model, 60.0, h, patience, goal)
    np.testing.assert_array_equal(table.required(loads), whole)
    real = required_agents(model, loads, h, patience, goal, fractional=True)
    free = whole > goal.min_agents
    np.testing.assert_array_equal(np.ceil(real[free]), whole[free])
    assert (whole[1:][np.diff(loads) > 0] >= whole[:-1][np.diff(loads) > 0]).all()


def test_the_table_knows_every_tie():
    table = AgentsTable.build("erlang_a", 100.0, 300, 60.0, ServiceGoal(0.8, 20))
    n = np.arange(1, len(table.carried_erl) - 1)
    at = table.carried_erl[n]
    np.testing.assert_array_equal(table.required(at[at <= 100]), n[at <= 100])
    np.testing.assert_array_equal(table.required(np.nextafter(at, 200)[at < 100]), n[at < 100] + 1)
    h = np.full(at.shape, 300.0)  # handle times that vary are solved one by one
    np.testing.assert_array_equal(required_agents("erlang_a", at, h, 60.0, ServiceGoal(0.8, 20)), n)


def test_many_loads_are_looked_up_with_the_same_answers():
    loads = np.exp(np.random.default_rng(3).uniform(np.log(0.1), np.log(60), 3000))
    goal = ServiceGoal(0.8, 20)
    np.testing.assert_array_equal(required_agents("erlang_c", loads, 180, None, goal),
                                  required_agents("erlang_c", loads, np.full(3000, 180.0), None, goal))  # fmt: skip


def test_tables_refuse_what_they_do_not_know():
    table = AgentsTable.build("erlang_c", 20.0, 180, None, ServiceGoal(0.8, 20))
    with pytest.raises(InputError, match="beyond the table"):
        table.required(200.0)
    with pytest.raises(InputError, match=r"position 1.*nan"):
        table.required([1.0, math.nan])
    with pytest.raises(InputError, match="one handle time"):
        AgentsTable.build("erlang_c", 20.0, [180, 200], None, ServiceGoal(0.8, 20))


def test_fractions_meet_the_target_exactly():
    n = required_agents("erlang_c", [0.3, 10.0, 500.0], 180, None, ServiceGoal(0.8, 20), fractional=True)
    level = performance("erlang_c", n, load_erl=[0.3, 10.0, 500.0], aht_s=180, within_s=20).service_level()
    np.testing.assert_allclose(level, 0.8, atol=1e-11)
    n = required_agents("erlang_c", 97.5, 180, None, ServiceGoal(0, 0, max_wait_share=0.7), fractional=True)
    assert erlang_c(n, 97.5) == pytest.approx(0.7, abs=1e-11)
    assert isinstance(n, float)
    assert required_agents("erlang_c", 0.0, 180, None, ServiceGoal(0.8, 20, min_agents=2), fractional=True) == 2.0


def test_values_that_others_have_published():
    # a commercial spreadsheet library's manual, an R package, call-center-tools
    def c(n, a, h, t=20):
        return performance("erlang_c", n, load_erl=a, aht_s=h, within_s=t)

    assert erlang_c(133.78, 130.1) == pytest.approx(0.659323, abs=5e-7)
    assert erlang_c(11, 10.1) == pytest.approx(0.710955, abs=5e-7)
    levels = [c(100, 97.5, 180, 15), c(100, 97.5, 180, 50), c(100.7, 97.5, 180, 50)]
    assert [round(found.service_level(), 6) for found in levels] == [0.411537, 0.638087, 0.729022]
    assert [round(c(20, h / 18, h).asa_s, 5) for h in (240, 300)] == [2.24351, 30.43123]
    assert round(c(14, 10, 180).asa_s, 5) == 7.83594
    tools = c(40, 100 / 3, 120)
    assert (round(tools.p_wait, 4), round(tools.service_level(), 4), round(tools.asa_s, 2)) == (0.1907, 0.9372, 3.43)


def test_who_calls_again_needs_more_agents():
    goal = ServiceGoal(0.8, 20, "answered")
    none, some = (required_agents("erlang_a", [5.0, 80.0], 300, 60, goal, redial=r) for r in (0.0, 0.6))
    assert (some >= none).all()
    assert some[1] > none[1]
    for a, n in zip((5.0, 80.0), some, strict=True):
        at = performance("erlang_a", [n, n - 1], load_erl=a, aht_s=300, patience_s=60, redial=0.6)
        assert at.service_level("answered")[0] >= 0.8 > at.service_level("answered")[1]


@pytest.mark.parametrize("places", [0, 1, 5])
def test_few_places_ask_for_agents(places):
    goal = ServiceGoal(0.9, 20)
    n = required_agents("erlang_c", 12.0, 180, None, goal, queue_places=places)
    levels = performance("erlang_c", [n, n - 1], load_erl=12.0, aht_s=180, queue_places=places).service_level()
    assert levels[0] >= 0.9 > levels[1]


def test_other_ranges_than_the_reference():
    rng = np.random.default_rng(7)
    loads, h = np.exp(rng.uniform(np.log(1e-3), np.log(5e4), 60)), np.exp(rng.uniform(0, 8, 60))
    patience = np.exp(rng.uniform(-1, 9, 60))
    for definition in DEFINITIONS:
        goal = ServiceGoal(0.8, 20, definition)
        n = required_agents("erlang_a", loads, h, patience, goal)
        up, down = (
            performance("erlang_a", n - less, load_erl=loads, aht_s=h, patience_s=patience).service_level(definition)
            for less in (0, 1)
        )
        assert (up >= 0.8 - 1e-12).all()
        assert ((down < 0.8) | (n == 1)).all()
