"""Days between which nobody is there are simulated by themselves, and only again where something has changed."""

import numpy as np
import pandas as pd
import pytest
from desk_cases import GOAL, steps, volume_of

from busyhour.forecast.queueing import Exponential, ServiceGoal, simulate
from busyhour.forecast.queueing.formulas.time_laws import Lognormal
from busyhour.forecast.queueing.simulation import desk, simulated_queue
from busyhour.forecast.queueing.simulation.memory import Memory
from busyhour.forecast.queueing.simulation.parts import parts_of

RUNS = {"min_runs": 64, "max_runs": 64, "absent": 0.1}


def staffed(*hours, agents=8, days=3):
    """The same stretches of work on each day."""
    rows = [(f"2026-03-0{2 + d} {a}", f"2026-03-0{2 + d} {b}", agents) for d in range(days) for a, b in hours]
    return steps(*rows)


@pytest.fixture
def kernel(monkeypatch):
    """Counts the runs of the kernel."""
    made, run = [], desk.run

    def counted(*given):
        made.append(given[0])
        return run(*given)

    monkeypatch.setattr(desk, "run", counted)
    return made


@pytest.mark.slow
@pytest.mark.parametrize(
    ("hours", "parts"),
    [
        ([("08:00", "18:00")], 3),
        ([("07:45", "12:00"), ("12:30", "18:30"), ("19:00", "21:00")], 3),  # back after closing
        ([("06:00", "06:30"), ("08:00", "18:00")], 3),  # there before opening, too
        ([("00:00", "23:59")], 1),  # a minute ends no call
        ([("00:00", "20:01")], 1),
        ([("00:00", "20:00")], 3),
        ([("10:00", "17:15")], 3),
    ],
)
def test_days_by_themselves_give_what_the_whole_week_gives(hours, parts, kernel, monkeypatch):
    volume = volume_of(days=3, hours=(8, 18), calls=70.0, patience_s=120.0)
    staff = staffed(*hours)
    cut = simulate(staff, volume, GOAL, handle=Lognormal(1.0, 1.2), **RUNS)
    assert len(kernel) == 64 * parts
    monkeypatch.setattr(simulated_queue, "parts_of", lambda d, rows, nobody: parts_of(d, rows, nobody & False))
    whole = simulate(staff, volume, GOAL, handle=Lognormal(1.0, 1.2), **RUNS)
    assert len(kernel) == 64 * (parts + 1)
    pd.testing.assert_frame_equal(cut.service, whole.service, check_exact=True)


def test_a_siesta_ties_its_day_together(kernel, monkeypatch):
    """At noon most agents are still in a call: they are late after the siesta."""
    hours = [volume_of(days=3, hours=h, calls=4.0, handle_s=3600.0, patience_s=600.0) for h in ((8, 13), (14, 18))]
    volume = pd.concat(hours).sort_values("start", ignore_index=True)
    staff = staffed(("08:00", "13:00"), ("13:30", "18:00"))
    cut = simulate(staff, volume, GOAL, **RUNS)
    assert len(kernel) == 64 * 3
    monkeypatch.setattr(simulated_queue, "parts_of", lambda d, rows, nobody: parts_of(d, rows, nobody & False))
    pd.testing.assert_frame_equal(cut.service, simulate(staff, volume, GOAL, **RUNS).service, check_exact=True)


def test_who_is_there_all_night_ties_the_days_together(kernel):
    volume = volume_of(days=3, hours=(8, 18), calls=70.0, patience_s=120.0)
    night = steps(("2026-03-02 18:00", "2026-03-03 09:00", 1))
    simulate(pd.concat([staffed(("08:00", "18:00")), night]), volume, GOAL, **RUNS)
    assert len(kernel) == 64 * 2
    kernel.clear()
    round_the_clock = volume_of(days=3, calls=20.0, patience_s=120.0)
    simulate(staffed(("08:00", "18:00")), round_the_clock, GOAL, **RUNS)
    assert len(kernel) == 64


def test_callers_wait_for_the_next_shift_while_the_desk_is_open(kernel):
    volume = volume_of(days=2, hours=(8, 18), calls=5.0)
    staff = steps(("2026-03-02 08:00", "2026-03-02 12:00", 4), ("2026-03-02 17:00", "2026-03-02 18:00", 4))
    rows = simulate(staff, volume, GOAL, **RUNS).service.query("period == 'interval'")
    assert len(kernel) == 64 * 2
    assert rows["asa_s"].iloc[8] > 3600  # at noon, until 17:00
    assert (rows["abandon_rate"].iloc[20:] == 1).all()  # nobody on the second day


def test_only_a_changed_day_is_simulated_again(kernel):
    volume = volume_of(days=3, hours=(8, 18), calls=70.0, patience_s=120.0)
    both = pd.concat([volume.assign(queue="bank", calls=30.0), volume])
    goals, more = GOAL | {"bank": GOAL["desk"]}, {"handle": Exponential(1.0), **RUNS}
    staff = pd.concat(
        [staffed(("08:00", "18:00")).assign(queue="desk"), staffed(("08:00", "18:00"), agents=4).assign(queue="bank")]
    )
    changed = pd.concat([staff, steps(("2026-03-03 11:00", "2026-03-03 11:15", 1)).assign(queue="desk")])
    memory = Memory()
    simulate(staff, both, goals, memory=memory, **more)
    assert len(kernel) == 64 * 6
    kernel.clear()
    found = simulate(changed, both, goals, memory=memory, **more)
    assert len(kernel) == 64
    pd.testing.assert_frame_equal(found.service, simulate(changed, both, goals, **more).service, check_exact=True)
    kernel.clear()
    other_goal = {name: ServiceGoal(0.8, 30) for name in goals}
    simulate(changed, both, other_goal, memory=memory, **more)
    assert len(kernel) == 64 * 6  # other calls are in time
    kernel.clear()
    simulate(changed, both, goals, memory=memory, seed=1, **more)
    assert len(kernel) == 64 * 6


def test_the_oldest_make_room():
    one = np.zeros(4)
    memory = Memory(most_bytes=3 * one.nbytes)
    for key in (b"a", b"b", b"c"):
        memory.keep(key, one)
    assert memory.get(b"a") is one
    memory.keep(b"d", one)
    assert memory.get(b"b") is None
    assert all(memory.get(key) is one for key in (b"a", b"c", b"d"))
