"""Batches: what is planned, left alone, held, failed and tried again; a site's fault costs that site only."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pytest
import sqlalchemy as sa
from tiny_batch import TODAY, WEEK, Quick, content, drive, make

from busyhour.app.batch import chain, ledger, publication
from busyhour.app.batch.config import BatchFile
from busyhour.app.batch.drive import opened
from busyhour.app.batch.driven import ask_to_stop, is_driven
from busyhour.app.batch.ledger import Ledger, known_site, last
from busyhour.app.batch.release import release
from busyhour.app.batch.sites import Site
from busyhour.app.batch.task import Answer, EngineFault, Task
from busyhour.app.batch.unchanged import Unchanged
from busyhour.app.store import schema
from busyhour.app.store.faults import Held
from busyhour.app.store.locks import held
from busyhour.forecast.errors import InputError
from busyhour.forecast.progress import Watch

Engines = Callable[..., Quick]
LATER = "2026-12-14"


def rows(path: Path, table: sa.Table) -> list[sa.Row]:
    with opened(BatchFile.read(path)) as store, store.read() as c:
        return list(c.execute(table.select()))


def states(path: Path) -> dict[tuple[str, str, str], str]:
    """Return the states of the units of the last batch."""
    with opened(BatchFile.read(path)) as store:
        row = last(store, "weekly")
        assert row is not None
        units = Ledger(store, row.id).units()
    return {(u.site, u.step.value, u.week): u.state.value for u in units}


def correct(path: Path, site: str = "south", more: int = 1) -> None:
    """Correct the last calls of a site's own file."""
    calls = path.parent / "sites" / site / "calls.csv"
    lines = calls.read_text(encoding="utf-8").splitlines()
    start, offered, handle = lines[-1].split(",")
    lines[-1] = f"{start},{int(offered) + more},{handle}"
    calls.write_text("\n".join(lines) + "\n", encoding="utf-8")


def of_north(state: Literal["failed", "lost"], code: int) -> Callable[[Task], Answer | None]:
    """Let the plans of the north end badly."""

    def answer(task: Task) -> Answer | None:
        bad = (task.site, task.step) == ("north", "plan")
        return Answer(task.unit, task.attempt, state, code, "no") if bad else None

    return answer


def test_a_batch_plans_and_publishes_and_the_second_is_unchanged(tmp_path: Path, quick: Engines) -> None:
    """All weeks of all sites are planned once; nothing is done again, and the line says so."""
    path, engine = make(tmp_path / "b"), quick()
    ended = drive(path)
    assert ended.status.code == 0
    assert ended.status.line().startswith("busyhour batch weekly 1: 2 done of 2 sites, ")
    assert ended.page.is_file()
    assert [(t.site, t.step, t.week) for t in engine.tasks if t.site == "north"] == [
        ("north", "forecast", str(TODAY)), ("north", "plan", WEEK), ("north", "plan", LATER)
    ]  # fmt: skip
    assert len(rows(path, schema.publication)) == 4
    before, number = content(path.parent), len(engine.tasks)
    assert drive(path).status.counts["unchanged"] == 2
    assert len(engine.tasks) == number
    assert content(path.parent) == before
    assert not (path.parent / "batches" / "1" / "work").exists()


@pytest.mark.slow
def test_each_week_rests_on_the_week_before(tmp_path: Path, quick: Engines) -> None:
    """The first on the published one, if there is any, the next on the run just made; forecasts are made once."""
    path, engine = make(tmp_path / "b"), quick()
    drive(path)
    first, second = (t for t in engine.tasks if t.site == "north" and t.step == "plan")
    assert first.previous is None
    assert second.previous is not None
    assert second.previous.name.startswith(f"{WEEK}.")
    assert first.forecast == second.forecast != None  # noqa: E711
    engine.tasks.clear()
    drive(path, as_of=TODAY + dt.timedelta(days=14))
    assert engine.tasks == []  # late: no calls of two weeks
    assert states(path)["north", "take", ""] == "done" or states(path)["north", "forecast", ""] == "failed"


def test_a_corrected_export_plans_one_site_again(tmp_path: Path, quick: Engines) -> None:
    """A row of the south changes the weeks of the south, and calendars of the old run stay as they were."""
    path, engine = make(tmp_path / "b"), quick()
    drive(path)
    engine.tasks.clear()
    correct(path)
    ended = drive(path)
    assert {t.site for t in engine.tasks} == {"south"}
    assert {s.name: s.word for s in ended.status.sites} == {"north": "unchanged", "south": "done"}
    assert len(list((path.parent / "runs" / "south").iterdir())) == 4
    assert len(rows(path, schema.publication)) == 6
    place = publication.place_of(path.parent, "south", WEEK)
    newest = rows(path, schema.run)[-2]
    assert publication.summary_of(place)["input_hash"] == newest.input_hash


@pytest.mark.parametrize("code", [3, *(pytest.param(code, marks=pytest.mark.slow) for code in (4, 6, 7))])
def test_a_site_that_fails_costs_itself_only(tmp_path: Path, quick: Engines, code: int) -> None:
    """Its later weeks are blocked; the rest stands; the code is 8; `retry` plans what failed."""
    path = make(tmp_path / "b")
    engine = quick(of_north("failed", code))
    ended = drive(path)
    assert ended.status.code == 8
    assert ended.status.line().startswith("busyhour batch weekly 1: 1 done, 1 failed of 2 sites, ")
    assert f"worst {code}: north" in ended.status.line()
    found = states(path)
    assert (found["north", "plan", WEEK], found["north", "plan", LATER]) == ("failed", "blocked")
    assert len([t for t in engine.tasks if (t.site, t.step) == ("north", "plan")]) == 1
    engine = quick()
    ended = drive(path, resume=True, retry=True)
    assert (ended.status.code, ended.status.batch.id) == (0, 1)
    assert [t.step for t in engine.tasks] == ["forecast", "plan", "plan"]
    assert engine.tasks[1].forecast is not None


@pytest.mark.slow
def test_a_lost_worker_is_tried_again_until_attempts_are_used_up(tmp_path: Path, quick: Engines) -> None:
    """Three attempts, then the unit is dead; a stop does not count."""
    path = make(tmp_path / "b")
    engine = quick(of_north("lost", 1))
    assert drive(path).status.code == 8
    assert [t.attempt for t in engine.tasks if (t.site, t.step) == ("north", "plan")] == [1, 2, 3]
    assert states(path)["north", "plan", WEEK] == "dead"


def test_bad_sites_are_told_one_sentence_each(tmp_path: Path, quick: Engines) -> None:
    """No plan.toml, a broken one, an unreadable export: the fourth site is planned."""
    quick()
    path = make(tmp_path / "b")
    sites = path.parent / "sites"
    (sites / "empty").mkdir()
    shutil.copytree(sites / "north", sites / "broken")
    (sites / "broken" / "plan.toml").write_text("[site]\nnam = 1\n", encoding="utf-8")
    (path.parent / "inbox" / "south" / "x.csv").write_text("start,offered\n2026-11-27T08:00,many\n", encoding="utf-8")
    ended = drive(path)
    told = {s.name: s.message for s in ended.status.sites}
    assert "plan.toml: file not found" in told["empty"]
    assert "Did you mean 'name'" in told["broken"]
    assert "x.csv" in told["south"]
    assert told["north"] == ""
    assert ended.status.code == 8


@pytest.mark.slow
def test_calls_of_days_to_come_and_late_calls_cost_the_site(tmp_path: Path, quick: Engines) -> None:
    """Calls end two weeks before the day of the run: nothing is planned from them, unless only a warning is asked."""
    engine = quick()
    path = make(tmp_path / "b")
    ended = drive(path, as_of=TODAY + dt.timedelta(days=21))
    assert ended.status.code == 8
    assert "late_days allows 7" in ended.status.sites[0].message
    path.write_text(
        path.read_text(encoding="utf-8").replace('# on_late = "fail" ', 'on_late = "warn" #'), encoding="utf-8"
    )
    assert drive(path, as_of=TODAY + dt.timedelta(days=21)).status.code == 0
    assert engine.tasks


@pytest.mark.slow
def test_calls_after_the_day_of_the_run_are_not_used(tmp_path: Path, quick: Engines) -> None:
    """A batch of an earlier day plans from what was known then, and the day after plans anew."""
    path, engine = make(tmp_path / "b"), quick()
    drive(path, as_of=TODAY - dt.timedelta(days=7))
    task = engine.tasks[0]
    assert task.step == "forecast"
    with opened(BatchFile.read(path)) as store, store.read() as c:
        assert known_site(c, "north") == 1
    hashes = {r.week: r.input_hash for r in rows(path, schema.run) if r.site == 1}
    drive(path)
    later = {r.week: r.input_hash for r in rows(path, schema.run) if r.site == 1}
    assert later[WEEK] != hashes[WEEK]


@pytest.mark.slow
def test_near_weeks_that_are_published_are_left_alone(tmp_path: Path, quick: Engines) -> None:
    """A frozen week keeps its plan, and the next week rests on it."""
    path, engine = make(tmp_path / "b", {"freeze_weeks = 0": "freeze_weeks = 2"}), quick()
    drive(path)
    engine.tasks.clear()
    correct(path)
    ended = drive(path)
    assert ended.status.counts["done"] == 1
    assert [t.week for t in engine.tasks if t.step == "plan"] == [LATER]
    assert states(path)["south", "plan", WEEK] == "unchanged"


@pytest.mark.slow
def test_a_plan_that_changes_much_waits_for_a_person(tmp_path: Path, quick: Engines) -> None:
    """Held weeks hold the weeks after them; `publish` releases them with a reason; the next batch holds no more."""
    path = make(tmp_path / "b", {"max_changed = 1.0": "max_changed = 0.1"})
    quick()
    drive(path)
    for more in range(1, 9):  # until the tiny plan starts at another hour
        correct(path, more=more)
        ended = drive(path)
        if ended.status.code:
            break
    assert ended.status.code == 8
    assert "of 2 published agent-days would change" in ended.status.sites[1].message
    kept = content(path.parent)
    again = drive(path)
    assert again.status.counts["held"] == 1
    assert content(path.parent) == kept
    for week in (WEEK, LATER):
        where = release(BatchFile.read(path), "south", dt.date.fromisoformat(week), None, "new opening")
        assert where == publication.place_of(path.parent, "south", week)
    assert rows(path, schema.publication)[-1].reason == "new opening"
    assert drive(path).status.code == 0
    with pytest.raises(InputError, match="no such run"):
        release(BatchFile.read(path), "south", dt.date.fromisoformat(WEEK), "nothing", "x")
    with pytest.raises(InputError, match="Known: north, south"):
        release(BatchFile.read(path), "nobody", dt.date.fromisoformat(WEEK), None, "x")


@pytest.mark.slow
def test_hold_and_codes_hold(tmp_path: Path, quick: Engines) -> None:
    """publish = "hold" holds every new plan."""
    quick()
    path = make(tmp_path / "b", {'# publish = "auto"': 'publish = "hold" # "auto"'})
    assert drive(path).status.counts["held"] == 2
    assert not (path.parent / "published").exists()


@pytest.mark.slow
def test_a_published_folder_that_was_edited_is_not_replaced(tmp_path: Path, quick: Engines) -> None:
    """What a person changed in a published plan stays, and the site says so."""
    quick()
    path = make(tmp_path / "b")
    drive(path)
    note = publication.place_of(path.parent, "south", WEEK) / "note.txt"
    note.write_text("mine", encoding="utf-8")
    correct(path)
    ended = drive(path)
    assert ended.status.code == 8
    assert "note.txt" in ended.status.sites[1].message
    assert note.is_file()
    note.unlink()
    assert drive(path).status.code == 0


@pytest.mark.slow
def test_always_plans_every_time(tmp_path: Path, quick: Engines) -> None:
    """when = "always" plans the same inputs anew in each batch, never twice in one."""
    engine = quick()
    path = make(tmp_path / "b", {"[plan]": '[plan]\nwhen = "always"'})
    drive(path)
    number = len(engine.tasks)
    drive(path)
    assert len(engine.tasks) == 2 * number


def test_two_drivers_at_once(tmp_path: Path, quick: Engines) -> None:
    """Who holds a site is named; nothing is begun meanwhile; a batch of other sites runs."""
    quick()
    path = make(tmp_path / "b")
    drive(path)
    with opened(BatchFile.read(path)) as store, held(store, ["site north"], "batch nightly"):
        with pytest.raises(Held, match=r"site north is held by .* \(batch nightly\)"):
            drive(path)
        other = path.with_name("other.toml")
        text = path.read_text(encoding="utf-8").replace('name = "weekly"', 'name = "other"')
        other.write_text(text.replace('["sites/*"]', '["sites/south"]'), encoding="utf-8")
        assert drive(other).status.code == 0


def test_a_stop_gives_back_and_the_same_line_goes_on(tmp_path: Path, quick: Engines) -> None:
    """After a stop nothing runs; the same line continues the same batch; another day begins a new one."""
    path, watch = make(tmp_path / "b"), Watch()

    def stop(task: Task) -> Answer | None:
        if task.step == "plan":
            watch.stop.set()
            return Answer(task.unit, task.attempt, "lost", 130, "Stopped before the end.")
        return None

    quick(stop)
    ended = drive(path, watch)
    assert ended.status.code == 130
    assert ended.status.batch.state == "stopped"
    assert "running" not in states(path).values()
    quick()
    ended = drive(path)
    assert (ended.status.batch.id, ended.status.code) == (1, 0)
    assert drive(path).status.batch.id == 2


@pytest.mark.slow
def test_a_stop_from_elsewhere_is_heard(tmp_path: Path, quick: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    """`busyhour batch stop` reaches the driver through the store."""
    path = make(tmp_path / "b")
    monkeypatch.setattr("busyhour.app.batch.drive.LOOK_S", -1.0)

    def ask(task: Task) -> Answer | None:
        with opened(BatchFile.read(path)) as store:
            assert is_driven(store, "weekly") and not is_driven(store, "nightly")
            assert ask_to_stop(store, "weekly") == 1
        return None

    quick(ask)
    assert drive(path).status.code == 130
    quick()
    assert drive(path).status.batch.id == 1
    with opened(BatchFile.read(path)) as store:
        assert ask_to_stop(store, "weekly") is None


@pytest.mark.slow
def test_other_settings_begin_another_batch(tmp_path: Path, quick: Engines) -> None:
    """A stopped batch goes on with the settings it began with; a changed batch.toml begins another."""
    path, watch = make(tmp_path / "b"), Watch()
    watch.stop.set()
    quick()
    assert drive(path, watch).status.code == 130
    path.write_text(path.read_text(encoding="utf-8").replace("weeks = 2 ", "weeks = 1 "), encoding="utf-8")
    ended = drive(path)
    assert ended.status.batch.id == 2
    assert drive(path, resume=True, batch=1).status.code == 0
    assert len([1 for key in states(path) if key[1] == "plan"]) == 2
    with pytest.raises(InputError, match="is done"):
        drive(path, resume=True)
    with pytest.raises(InputError, match="there is no batch"):
        drive(path, resume=True, batch=9)


@pytest.mark.slow
def test_files_instead_of_the_store(tmp_path: Path, quick: Engines) -> None:
    """calls = "files" plans from what [intake] names; an edit of the file plans its site again."""
    path, engine = make(tmp_path / "b", {'# calls = "store"': 'calls = "files"'}), quick()
    assert drive(path).status.code == 0
    assert rows(path, schema.ingest) == []
    engine.tasks.clear()
    correct(path)
    drive(path)
    assert {t.site for t in engine.tasks} == {"south"}


def test_no_wages_anywhere_unless_asked(tmp_path: Path, quick: Engines) -> None:
    """Money of a run is in run_cost alone; pages and logs of the batch tell none."""
    quick()
    path = make(tmp_path / "b")
    drive(path)
    assert {row.cost for row in rows(path, schema.run_cost)} == {100.0}
    place = path.parent / "batches" / "1"
    told = json.loads((place / "summary.json").read_text(encoding="utf-8"))
    assert "cost" not in json.dumps(told).replace("cost_change", "")
    assert all(json.loads(line) for line in (place / "batch.log").read_text(encoding="utf-8").splitlines())


def test_the_next_night_begins_another_batch(tmp_path: Path, quick: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unfinished batch goes on within hours, if it is the last of its name; a later night begins a new one."""
    quick()
    path, watch = make(tmp_path / "b", weeks=1), Watch()
    watch.stop.set()
    numbers = [drive(path, watch, as_of=None).status.batch.id for _ in range(2)]
    real = ledger.now
    monkeypatch.setattr(ledger, "now", lambda: real() + 13 * 3600)
    numbers.append(drive(path, watch, as_of=None).status.batch.id)
    assert numbers == [1, 1, 2]
    assert drive(path, watch, only="north").status.batch.id == 3
    assert drive(path, watch).status.batch.id == 4


def test_any_fault_of_one_site_costs_that_site(tmp_path: Path, quick: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of our own in taking calls is told of its site; the other one is planned."""
    quick()
    taking = chain.take_calls

    def take(shared: chain.Shared, site: Site, *more: Any) -> Any:
        if site.name == "north":
            raise ZeroDivisionError("oh")
        return taking(shared, site, *more)

    monkeypatch.setattr(chain, "take_calls", take)
    ended = drive(make(tmp_path / "b", weeks=1))
    north, south = ended.status.sites
    assert (north.word, north.code, south.word) == ("failed", 1, "done")
    assert "ZeroDivisionError: oh" in north.message


def test_workers_that_are_not_there_leave_nothing_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault is raised once page and program are told, and no unit stays at work."""

    def nobody(run: object, tell: object) -> Quick:
        raise EngineFault("nobody is there.")

    monkeypatch.setattr("busyhour.app.batch.drive.engine_of", nobody)
    path = make(tmp_path / "b", weeks=1)
    with pytest.raises(EngineFault, match="nobody"):
        drive(path)
    assert "running" not in states(path).values()
    assert (path.parent / "batches" / "1" / "index.html").is_file()
    with opened(BatchFile.read(path)) as store:
        row = last(store, "weekly")
    assert row is not None and row.state == "stopped"


@pytest.mark.slow
def test_a_mended_plan_is_planned_by_retry(tmp_path: Path, quick: Engines) -> None:
    """The weeks of a site that nobody could read are added to its batch."""
    quick()
    path = make(tmp_path / "b")
    plan = path.parent / "sites" / "north" / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text("[site", encoding="utf-8")
    assert drive(path).status.code == 8
    plan.write_text(text, encoding="utf-8")
    ended = drive(path, resume=True, retry=True)
    assert (ended.status.code, ended.status.batch.id) == (0, 1)
    assert len([key for key in states(path) if key[:2] == ("north", "plan")]) == 2


@pytest.mark.slow
def test_a_week_whose_week_before_changed_alone_is_told(tmp_path: Path, quick: Engines) -> None:
    """Published anew is the first week, the second fails: its message says that the two do not belong together."""
    quick()
    path = make(tmp_path / "b")
    drive(path)
    correct(path, more=3)
    quick(lambda t: Answer(t.unit, t.attempt, "failed", 4, "no") if (t.step, t.week) == ("plan", LATER) else None)
    ended = drive(path)
    assert ended.status.sites[1].message.startswith(f"{LATER}: no; the plan published for {LATER} follows an earlier")
    assert "check them as a pair" in drive(path).status.sites[1].message
    quick()
    assert drive(path).status.code == 0


@pytest.mark.slow
def test_what_cannot_be_compared_is_held(tmp_path: Path, quick: Engines) -> None:
    """Runs and published plans of a site were removed: the new plan waits for a person."""
    quick()
    path = make(tmp_path / "b", weeks=1)
    drive(path)
    for top in ("runs", "published"):
        shutil.rmtree(path.parent / top / "south")
    correct(path)
    ended = drive(path)
    assert "to be compared with" in ended.status.sites[1].message
    release(BatchFile.read(path), "south", dt.date.fromisoformat(WEEK), None, "looked at")
    assert drive(path).status.code == 0


@pytest.mark.slow
def test_frozen_weeks_stand_and_their_site_is_forecast(tmp_path: Path, quick: Engines) -> None:
    """New calls are forecast though no week is planned, once; a published folder that is gone comes back."""
    path, engine = make(tmp_path / "b", {"freeze_weeks = 0": "freeze_weeks = 3"}), quick()
    drive(path)
    engine.tasks.clear()
    correct(path)
    shutil.rmtree(publication.place_of(path.parent, "south", WEEK))
    with opened(BatchFile.read(path)) as store, store.write() as c:
        c.execute(schema.forecast.delete())
        c.execute(schema.snapshot.delete().where(schema.snapshot.c.kind == "nightly"))
    assert drive(path).status.code == 0
    assert [(t.site, t.step) for t in engine.tasks] == [("north", "forecast"), ("south", "forecast")]
    assert publication.place_of(path.parent, "south", WEEK).is_dir()
    drive(path)
    assert len(engine.tasks) == 2


@pytest.mark.slow
def test_files_that_end_early_are_late(tmp_path: Path, quick: Engines) -> None:
    """late_days holds for calls that are read from files, too."""
    quick()
    path = make(tmp_path / "b", {'# calls = "store"': 'calls = "files"'}, weeks=1)
    ended = drive(path, as_of=TODAY + dt.timedelta(days=21))
    assert "late_days allows 7" in ended.status.sites[0].message


@pytest.mark.slow
def test_a_batch_that_goes_on_later_leaves_near_weeks_alone(
    tmp_path: Path, quick: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A week that has begun meanwhile keeps its published plan, whatever the day of the batch was."""
    quick()
    path = make(tmp_path / "b")
    drive(path)
    correct(path)
    quick(lambda t: Answer(t.unit, t.attempt, "failed", 4, "no") if (t.step, t.week) == ("plan", WEEK) else None)
    assert drive(path).status.code == 8

    class Later(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Later:
            return cls(2026, 12, 8, 2, 30, tzinfo=tz)

    monkeypatch.setattr("busyhour.app.batch.drive.dt", SimpleNamespace(datetime=Later))
    engine = quick()
    assert drive(path, resume=True, retry=True, as_of=None).status.code == 0
    assert [t.week for t in engine.tasks if t.step == "plan"] == [LATER]
    assert len([row for row in rows(path, schema.publication) if row.week == WEEK]) == 2


@pytest.mark.slow
def test_a_stop_is_heard_while_no_site_needs_a_worker(
    tmp_path: Path, quick: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first of two unchanged sites asks to stop: the second is not begun."""
    quick()
    path = make(tmp_path / "b", weeks=1)
    drive(path)
    taking = chain.take_calls

    def take(shared: chain.Shared, *more: Any) -> Any:
        assert ask_to_stop(shared.ledger.store, "weekly") == 2
        return taking(shared, *more)

    monkeypatch.setattr(chain, "take_calls", take)
    monkeypatch.setattr(Unchanged, "of", lambda self, site: None)
    monkeypatch.setattr("busyhour.app.batch.drive.LOOK_S", -1.0)
    ended = drive(path)
    assert ended.status.code == 130
    assert [site.word for site in ended.status.sites] == ["unchanged", "waiting"]
