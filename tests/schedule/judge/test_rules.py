"""The judge objects to every rule that is broken on purpose."""

import itertools

import pandas as pd
import pytest

from busyhour.schedule.judge.check import RULES, check
from busyhour.schedule.judge.inputs import read_inputs

MUTATIONS = {}


def mutation(rule: str):
    def keep(change):
        MUTATIONS[rule] = change
        return change

    return keep


@mutation("agents")
def _stranger(centre, a, i):
    return a + centre.rows("eve", 19, "08:00"), i


@mutation("words")
def _unknown_queue(centre, a, i):
    return centre.edited(a, "ann", 19, (2, 4, "fax")), i


@mutation("grid")
def _off_the_grid(centre, a, i):
    return centre.edited(a, "ann", 19, (0, 2, "10:05"), (1, 1, "10:05"), (1, 2, "10:20"), (2, 1, "10:20")), i


@mutation("overlap")
def _two_things_at_once(centre, a, i):
    return centre.edited(a, "ann", 19, (0, 2, "10:15")), i


@mutation("inside")
def _before_the_week(centre, a, i):
    return a + centre.rows("ben", 18, "10:00", family="part4"), i


@mutation("opening")
def _while_closed(centre, a, i):
    i["plan"]["queue"]["mail"]["opening"]["monday"] = "08:00-16:30"
    return a, i


@mutation("families")
def _no_family(centre, a, i):
    i["plan"]["contract"]["part"]["shifts"] = []
    return a, i


@mutation("shift_length")
def _too_long(centre, a, i):
    return centre.edited(a, "ben", 20, (0, 2, "14:15")), i


@mutation("shift_start")
def _off_step(centre, a, i):
    return centre.replaced(a, "ben", 20, centre.rows("ben", 20, "10:30", family="part4")), i


@mutation("breaks")
def _break_too_long(centre, a, i):
    return centre.edited(a, "ann", 20, (1, 2, "10:30"), (2, 1, "10:30")), i


@mutation("break_window")
def _break_too_early(centre, a, i):
    return centre.edited(a, "ann", 20, (0, 2, "08:45"), (1, 1, "08:45"), (1, 2, "09:00"), (2, 1, "09:00")), i


@mutation("break_work")
def _lunch_right_after_break(centre, a, i):
    return centre.edited(
        a,
        "ann",
        20,
        (2, 2, "11:30"),
        (3, 1, "11:30"),
        (3, 2, "12:00"),
        (4, 1, "12:00"),
        (0, 2, "10:30"),
        (1, 1, "10:30"),
        (1, 2, "10:45"),
        (2, 1, "10:45"),
    ), i


@mutation("one_shift_a_day")
def _twice_a_day(centre, a, i):
    i["plan"]["rules"] |= {"rest_min": 0, "max_start_spread_min": None}
    return a + centre.rows("ben", 20, "18:00", family="part4"), i


@mutation("rest_min")
def _short_night(centre, a, i):
    i["plan"]["rules"]["max_start_spread_min"] = None
    a = centre.replaced(a, "ben", 20, centre.rows("ben", 20, "18:00", family="part4"))
    return centre.replaced(a, "ben", 21, centre.rows("ben", 21, "08:00", family="part4")), i


@mutation("max_h_week")
def _too_many_hours(centre, a, i):
    i["plan"]["contract"]["full"] |= {"max_h_week": 37, "min_h_week": 37}
    return a, i


@mutation("max_days")
def _too_many_days(centre, a, i):
    i["plan"]["contract"]["full"] |= {"max_days": 4}
    return a, i


@mutation("min_days")
def _too_few_days(centre, a, i):
    i["plan"]["contract"]["full"] |= {"min_days": 5}
    return a, i


@mutation("max_run_days")
def _six_in_a_row(centre, a, i):
    i["previous_activity"] = centre.frame(centre.rows("ann", 18, "08:00"))
    return a, i


@mutation("days_off_together")
def _no_two_days_off(centre, a, i):
    return centre.replaced(a, "ann", 22, []) + centre.rows("ann", 24, "08:00"), i


@mutation("max_start_spread_min")
def _starts_far_apart(centre, a, i):
    return centre.replaced(a, "ann", 20, centre.rows("ann", 20, "11:30")), i


@mutation("availability")
def _unavailable(centre, a, i):
    i["availability"].loc[0, "end"] = "2026-10-19T15:59"
    return a, i


@mutation("leave")
def _on_leave(centre, a, i):
    i["leave"].loc[0] = ["ben", "2026-10-19T13:59", "2026-10-19T16:00", "sick"]
    return a, i


@mutation("employment")
def _before_hiring(centre, a, i):
    i["staff"].loc[0, "hire_date"] = "2026-10-20"
    return a, i


@mutation("skills")
def _without_skill(centre, a, i):
    i["staff"].loc[1, "skills"] = "mail"
    return a, i


@mutation("min_run_days")
def _too_short_a_run(centre, a, i):
    i["plan"]["contract"]["full"]["min_run_days"] = 4
    i["previous_activity"] = centre.frame(centre.rows("cat", 15, "08:00"))
    return a, i


@mutation("min_run_off_days")
def _back_too_soon(centre, a, i):
    i["plan"]["rules"]["min_run_off_days"] = 2
    i["previous_activity"] = centre.frame(centre.rows("ann", 17, "08:00"))
    return a, i


@mutation("max_weekends")
def _two_weekends_in_a_row(centre, a, i):
    i["plan"]["contract"]["full"]["max_weekends"] = 1
    i["previous_activity"] = centre.frame(centre.rows("cat", 17, "08:00"))
    return a + centre.rows("cat", 24, "09:00", queue="calls"), _skilled(i)


@mutation("whole_weekends")
def _half_a_weekend(centre, a, i):
    i["plan"]["contract"]["full"]["whole_weekends"] = True
    return a + centre.rows("cat", 24, "09:00", queue="calls"), _skilled(i)


def _skilled(inputs):
    inputs["staff"].loc[2, "skills"] = ""
    return inputs


@mutation("not_next_day")
def _what_may_not_follow(centre, a, i):
    i["plan"]["rules"]["not_next_day"] = {"part4": ["part4"]}
    return a, i


@mutation("max_shifts")
def _too_many_of_a_kind(centre, a, i):
    i["plan"]["contract"]["part"]["max_shifts"] = {"part4": 3}
    return a, i


@mutation("fixed")
def _another_start_than_fixed(centre, a, i):
    i["fixed"] = pd.DataFrame([("ann", "2026-10-20", "full8@0830")], columns=["agent", "date", "pattern"])
    return a, i


@pytest.mark.parametrize("rule", RULES)
def test_the_judge_objects_to_each_broken_rule(centre, rule: str) -> None:
    activity, inputs = MUTATIONS[rule](centre, *centre.legal())
    broken = {v.rule for v in check(centre.frame(activity), inputs).violations}
    assert broken == {rule}


def test_every_rule_has_a_mutation() -> None:
    assert set(MUTATIONS) == set(RULES)


@pytest.mark.parametrize(
    ("agent", "date", "pattern"),
    [("ann", "2026-10-20", "full8@0800"), ("ann", "2026-10-21", "full8"), ("ann", "2026-10-24", "off")],
)
def test_what_is_kept_of_fixed_shifts_is_no_fault(centre, agent, date, pattern) -> None:
    activity, inputs = centre.legal()
    inputs["fixed"] = pd.DataFrame([(agent, date, pattern)], columns=["agent", "date", "pattern"])
    assert check(centre.frame(activity), inputs).passed


@pytest.mark.parametrize(("leave", "broken"), [("2026-10-19", False), ("2026-10-30", True)])
def test_a_run_of_last_week_is_too_short_unless_leave_cuts_it(centre, leave, broken) -> None:
    activity, inputs = centre.legal()
    inputs["plan"]["rules"]["min_run_days"] = 2
    inputs["previous_activity"] = centre.frame(centre.rows("cat", 18, "09:00", queue="mail"))
    inputs["leave"].loc[0] = ["cat", f"{leave}T00:00", f"{leave}T23:59", "vacation"]
    activity = centre.replaced(activity, "cat", 19, []) + centre.rows("cat", 22, "09:00", queue="mail")
    assert ("min_run_days" in {v.rule for v in check(centre.frame(activity), inputs).violations}) == broken


@pytest.mark.parametrize(("known", "broken"), [(True, True), (False, False)])
def test_who_has_no_shift_in_the_week_before_was_off(centre, known, broken) -> None:
    """A single day from the first one on is too short where it is known that nothing came before it."""
    activity, inputs = centre.legal()
    inputs["plan"]["rules"]["min_run_days"] = 2
    inputs["previous_activity"] = centre.frame(centre.rows("bob", 14, "09:00")) if known else None
    activity = centre.replaced(centre.replaced(activity, "cat", 20, []), "cat", 21, [])
    told = [v.agent for v in check(centre.frame(activity), inputs).violations if v.rule == "min_run_days"]
    assert ("cat" in told) == broken


def test_no_shift_begins_after_the_planned_days(centre) -> None:
    activity, inputs = centre.legal()
    inputs["plan"]["shift"]["part4"] |= {
        "start_to": "24:00",
        "days": ["sunday", "monday", "tuesday", "wednesday", "thursday"],
    }
    inputs["staff"].loc[inputs["staff"]["agent"] == "ben", "leave_date"] = ""
    late = centre.rows("ben", 26, "00:00", family="part4")
    told = [v.text for v in check(centre.frame(activity + late), inputs).violations if v.rule == "inside"]
    assert told == ["begins after the last planned day, 2026-10-25"]


def test_two_shifts_never_touch(centre) -> None:
    """Rows that touch are one shift, over the border of weeks too."""
    activity, inputs = centre.legal()
    inputs["plan"]["rules"]["rest_min"] = 0
    for end, broken in (("2026-10-19T09:00", True), ("2026-10-19T08:00", False)):
        last = [("cat", "2026-10-18T20:00", end, "phone", "mail")]
        inputs["previous_activity"] = centre.frame(last)
        told = {(v.rule, v.agent) for v in check(centre.frame(activity), inputs).violations}
        assert (("rest_min", "cat") in told) == broken


def test_a_bare_end_of_leave_is_that_day_and_2359_the_days_end(centre) -> None:
    activity, inputs = centre.legal()
    inputs["leave"] = pd.DataFrame([("cat", "2026-10-19", "2026-10-19")], columns=["agent", "start", "end"])
    assert "leave" in {v.rule for v in check(centre.frame(activity), inputs).violations}
    inputs["leave"] = pd.DataFrame([("cat", "2026-10-18", "2026-10-18")], columns=["agent", "start", "end"])
    assert check(centre.frame(activity), inputs).passed
    free = [("cat", f"2026-10-{d}T00:00", f"2026-10-{d}T23:59", "available") for d in range(19, 27)]
    inputs["availability"] = pd.DataFrame(free, columns=["agent", "start", "end", "kind"])
    person = read_inputs(inputs).people["cat"]
    assert all(b == d for (_, b), (d, _) in itertools.pairwise(person.available)), "no minute is missing at midnight"
