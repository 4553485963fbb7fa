"""The first screen: a verdict, worries with links, the next step, six cards."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from busyhour.app.report.cards import cards
from busyhour.app.report.few import few_table
from busyhour.app.report.first_screen import MOST_WORRIES, first_screen
from busyhour.app.report.headline import MOST, headline
from busyhour.app.report.page import page
from busyhour.app.report.run import Run, read_run

FLOOR = {"queue": "calls", "period": "interval", "goal": 0.5, "simulated": 0.41, "ci_lo": 0.39, "ci_hi": 0.43,
         "is_floor": True}  # fmt: skip
GOAL = {"queue": "calls", "period": "day", "start": "2026-11-04T00:00:00+01:00", "goal": 0.8, "simulated": 0.789,
        "ci_lo": 0.785, "ci_hi": 0.793, "is_floor": False}  # fmt: skip
FEW = {"agent": "A003", "shifts": 0, "paid_h": 0.0, "asked_h": 36.0, "rule": "availability",
       "reason": "availability on Mon, Tue"}  # fmt: skip


@pytest.fixture(scope="module")
def base(shared_run: Path) -> Run:
    """A run of three days and two queues whose goals hold, read once; nobody has looked for what is missed."""
    return read_run(shared_run)


def told(base: Run, **more: Any) -> Run:
    """Return a run with other figures: all is well but for `more`."""
    calm = {"goals_missed": [], "floor_missed_intervals": 0, "simulation": {"runs": 9}, "open_shifts": 0,
            "interval_min": 30, "asked_gap": 0.01, "few_hours": []}  # fmt: skip
    tables = {k: v for k, v in base.tables.items() if k != "quality"}
    return dataclasses.replace(base, summary={**base.summary, **calm, **more}, tables=tables)


def with_days(base: Run, **levels: float) -> Run:
    """Return a run of one queue whose days are simulated so, by their dates, without spread."""
    rows = base.tables["service"]
    rows = rows[(rows["queue"] == "calls") & (rows["period"] == "day")]
    level = [levels.get(f"d{t.day}", 0.82) for t in rows["start"]]
    rows = rows.assign(simulated=level, ci_lo=level, ci_hi=level)
    tables = {k: v[v["queue"] == "calls"] if "queue" in v else v for k, v in base.tables.items()}
    return dataclasses.replace(base, tables={**tables, "service": rows})


def test_a_plan_without_worries_is_handed_out(base: Run) -> None:
    found = first_screen(told(with_days(base)), wages=True)
    assert found.sentence == "Goal met on 3 of 3 days, within 0.10\u00a0% of the cheapest."
    assert (found.tone, found.worries, found.more) == ("good", (), 0)
    assert found.next.text.startswith("Hand out the plan")


def test_several_queues_are_counted_by_queue_and_day(base: Run) -> None:
    sentence = first_screen(told(base), wages=True).sentence
    assert sentence.startswith("Goals met on 6 of 6 queue-days, within")


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ({"status": "optimal", "gap": 0.0}, "and no plan is cheaper."),
        ({"gap": None, "bound": None}, "how near to the cheapest is not known."),
        ({"gap": 0.010004}, "within 1.01\u00a0% of the cheapest."),
    ],
)
def test_the_verdict_says_how_near_the_cheapest(base: Run, figures: dict[str, Any], words: str) -> None:
    assert first_screen(told(base, **figures), wages=True).sentence.endswith(words)


def test_a_missed_goal_and_evenings_under_the_floor_are_the_first_worries(base: Run) -> None:
    starts = ["2026-11-02T18:00:00+01:00", "2026-11-02T19:30:00+01:00", "2026-11-03T08:00:00+01:00"]
    missed = [GOAL, *({**FLOOR, "start": s} for s in starts)]
    run = told(with_days(base, d4=0.789), goals_missed=missed, floor_missed_intervals=3, open_shifts=2, few_hours=[FEW])
    found = first_screen(run, wages=True)
    assert found.sentence.startswith("Goal met on 2 of 3 days and the floor missed in 3 half-hours,")
    assert found.tone == "warn"
    assert [w.link for w in found.worries] == ["service", "staffing", "open"]
    assert found.worries[1].text.endswith("mostly in the evening.")
    assert (len(found.worries), found.more) == (MOST_WORRIES, 1)
    assert found.next.link == "short" and "Evenings" in found.next.text


def test_a_goal_of_the_week_is_one_goal(base: Run) -> None:
    rows = base.tables["service"]
    week = rows[(rows["queue"] == "calls") & (rows["period"] == "week")]
    goals = {"calls": "80/20 of offered by week"}
    run = dataclasses.replace(with_days(base), tables={**with_days(base).tables, "service": week})
    assert first_screen(told(run, goals=goals), wages=True).sentence.startswith("Goal of the week met, ")


def test_what_was_not_simulated_is_not_called_met(base: Run) -> None:
    unknown = base.tables["service"].assign(simulated=float("nan"), ci_lo=float("nan"), ci_hi=float("nan"))
    run = dataclasses.replace(base, tables={**base.tables, "service": unknown})
    found = first_screen(told(run, simulation=None), wages=True)
    assert found.sentence.startswith("Not simulated") and found.tone == ""


def test_an_open_gap_tells_no_money_without_wages(base: Run) -> None:
    run = told(base, gap=0.02, stopped="time")
    shown, hidden = (first_screen(run, wages=w).worries[0] for w in (True, False))
    assert shown.link == hidden.link == "origin"
    assert "EUR" in shown.text and "EUR" not in hidden.text


def test_people_on_leave_all_week_are_no_worry_but_stand_in_the_table(base: Run) -> None:
    run = told(base, few_hours=[{**FEW, "rule": "leave"}, {**FEW, "agent": "A004", "shifts": 1, "paid_h": 8.0}])
    (worry,) = first_screen(run, wages=True).worries
    assert (worry.link, worry.text) == ("few", "1 person got fewer hours than the contract asks.")
    table = few_table(run)
    assert table is not None
    assert [row[0] for row in table.rows] == ["Name 3", "Name 4"]
    assert few_table(told(base)) is None


def test_a_run_stopped_by_hand_asks_for_another(base: Run) -> None:
    found = first_screen(told(base, stopped="user"), wages=True)
    assert found.worries[0].link == found.next.link == "origin"


def test_findings_in_the_data_are_a_worry_choices_are_not(base: Run) -> None:
    rows = base.tables["quality"]
    both = pd.concat([rows, rows.assign(kind="choice")])
    run = told(base)
    run = dataclasses.replace(run, tables={**run.tables, "quality": both})
    assert [w.text for w in first_screen(run, wages=True).worries] == ["1 finding to look at in the input data."]


@pytest.mark.parametrize("wages", [True, False])
def test_six_cards_stand_first_and_every_figure_in_the_table(base: Run, wages: bool) -> None:
    every = cards(told(base), wages=wages)
    first, figures = headline(every)
    assert len(first) == MOST
    assert [c.title for c in first][:1] == ["Service level"]
    assert first[0].value == "2 of 2 queues"
    assert [row[0] for row in figures.rows] == [c.title for c in every]


def test_links_of_the_first_screen_lead_somewhere(base: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("busyhour.app.report.page.charts", lambda *_: {})
    monkeypatch.setattr("busyhour.app.report.page._bundle", str)
    html = page(told(base, few_hours=[FEW], open_shifts=2, notes=["a note of the run"]), wages=True)
    verdict = html.partition('<section class="verdict')[2].partition("</section>")[0]
    links = re.findall(r'href="#(\w+)"', verdict)
    assert links and all(f'id="{link}"' in html for link in links)
    assert html.index("verdict") < html.index('class="cards"') < html.index("Please note.")
    assert "<li>a note of the run</li>" in html
