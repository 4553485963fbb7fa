"""One site's way through a batch: take and score its calls, forecast, plan week after week, publish."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from ...forecast.calendar.grid import WEEKDAYS
from ...forecast.errors import InputError
from ...forecast.progress import Stopped, Watch
from ..cli.exit_codes import STOPPED
from ..faults import code_and_words, in_one_line
from ..store.faults import Held, StoreFault
from . import publication
from .commit import adopt, commit_forecast, commit_run, keep_money, keep_run, known_money, run_folder
from .journal import Journal
from .ledger import Ledger, Unit
from .nameless import nameless, names_in
from .publication import RunRow
from .publishing import Publishing
from .recording import calls_of, history_of, lay_last_week, marked, take_calls, vanished_of
from .site_inputs import SiteInputs, days_in_files
from .sites import Site, weeks_of
from .task import Answer, Task
from .unchanged import NEAR
from .units import BAD, ENDED, GOOD, Event, State, Step, after_loss
from .vanished import vanished_in_files
from .weeks import Weeks


@dataclass(frozen=True)
class Shared:
    """What a site shares with the batch.

    Attributes
    ----------
    home
        Folder of batch.toml.
    place
        Folder of the batch: its log, its page, its work.
    as_of
        The day of the run at the site.
    attempts
        How often a unit is begun that crashes.
    accept
        Whether an export may correct more than usual.
    near_from
        The day from which on published weeks are near: the day of the run, or today where the batch goes on later.
    notes
        What the batch tells at its end, a sentence each; sites add theirs.
    """

    ledger: Ledger
    home: Path
    place: Path
    as_of: dt.date
    attempts: int
    journal: Journal
    watch: Watch
    accept: bool
    near_from: dt.date
    notes: list[str]


class Chain:
    """The units of one site, done one after the other.

    Attributes
    ----------
    site, units
        The site, and its units as they stand.
    """

    def __init__(self, shared: Shared, site: Site, units: list[Unit], inputs: SiteInputs | None = None) -> None:
        self.shared, self.site, self.units = shared, site, units
        self._inputs, self._at, self._laid = inputs, 0, False
        self._whole, self._late = False, ""
        self._mark: str | None = None
        self._hashed: str | None = None
        self._publishing = Publishing(shared, site, self.units, lambda: self._weeks, self._tell)

    @property
    def ended(self) -> bool:
        """Whether every unit has ended."""
        return all(unit.state in ENDED for unit in self.units)

    @property
    def work(self) -> Path:
        """Folder for what is needed while the batch runs."""
        return self.shared.place / "work" / self.site.name

    def advance(self) -> Task | None:
        """Do what needs no worker, and return the next task; None once the site has ended.

        The task may wait for a worker: its unit runs from `begin` on.
        """
        for i, unit in enumerate(self.units):
            self._at = i
            if unit.state in BAD:
                self._block_rest()
                break
            if unit.state in GOOD or self._publishing.waits(i):
                continue
            self.shared.watch.raise_if_stopped()
            task = None
            with self._costing_the_site():
                task = self._do(unit)
            if self.units[i].state in BAD:
                break
            if task is not None:
                return task
        self._publish_weeks()
        if self.ended:
            shutil.rmtree(self.work, ignore_errors=True)
        return None

    def begin(self) -> None:
        """Say that the unit of the task that `advance` has returned runs."""
        self._move(Event.BEGIN, input_hash=self._hashed)
        self._tell("begun", self.units[self._at])

    def settle(self, answer: Answer) -> None:
        """Commit what became of the task at work."""
        unit = self.units[self._at]
        known = {"seconds": answer.seconds, "peak_mb": answer.peak_mb, "worker": answer.worker}
        self._tell("answered", unit, state=answer.state, code=answer.code, message=answer.message or None, **known)
        answer = replace(answer, message=self._nameless(answer.message))
        if answer.state == "lost" and answer.code == STOPPED:
            self._move(Event.RELEASE)
        elif answer.state == "lost":
            event = after_loss(unit.attempt + 1, self.shared.attempts)
            message = self._with_stale(unit, answer.message) if event is Event.GIVE_UP else answer.message
            self._move(event, attempt=unit.attempt + 1, code=answer.code, message=message, **known)
        elif answer.state == "failed" or answer.folder is None:
            self._move(Event.FAIL, code=answer.code, message=self._with_stale(unit, answer.message), **known)
        else:
            with self._costing_the_site():
                self._keep(unit, answer, known)

    @contextlib.contextmanager
    def _costing_the_site(self) -> Iterator[None]:
        """Let whatever goes wrong end this site only; a lost store, a stop and a store held by others concern all."""
        try:
            yield
        except (StoreFault, Stopped, Held):
            raise
        except Exception as error:  # nothing lies behind but the ledger, and other sites wait
            code, words = code_and_words(error, "")
            if code == STOPPED:
                raise Stopped from error
            self._fail(code, in_one_line(words))

    def release(self) -> None:
        """Give back the units at work."""
        self._publishing.give_back()

    def _publish_weeks(self) -> None:
        """Publish or hold the runs that wait; what goes wrong with one of them ends that unit."""
        at = self._at
        while (next_one := self._publishing.at) is not None:
            self._at = next_one
            with self._costing_the_site():
                self._publishing.step()
        self._at = at

    def _do(self, unit: Unit) -> Task | None:
        """Do one unit as far as no worker is needed."""
        if unit.step is Step.TAKE:
            self._take(unit)
            return None
        if self._inputs is None or not self._whole:
            self._read()
        return self._forecast_step(unit) if unit.step is Step.FORECAST else self._plan(unit)

    def _take(self, unit: Unit) -> None:
        """Take new exports, score what came and hold last week's plan against it."""
        if self.site.fault is not None:
            raise self.site.fault
        if len(self.units) == 1:
            inputs = SiteInputs.seen(self.site.folder)
            weeks_of(self.site, self.shared.as_of, inputs.config.site.week_start)
            raise InputError("nobody knew its weeks when the batch began", mend="Plan them with: busyhour batch retry")
        if self.site.settings.calls == "files":
            self._move(Event.UNCHANGED)
            return
        self._inputs = self._inputs or SiteInputs.seen(self.site.folder)
        told = take_calls(self.shared, self.site, unit, self._inputs)
        self._move(Event.DONE if told.changed else Event.UNCHANGED, message=told.remark or None)
        if told.changed or told.remark:
            rows = {"rows_new": told.added, "rows_corrected": told.corrected}
            self._tell("taken", unit, message=told.remark or None, **rows)

    def _read(self) -> None:
        """Take the site's files, and what tells the state of its calls."""
        inputs = self._inputs or SiteInputs.seen(self.site.folder)
        lost = ""
        if self.site.settings.calls == "files":
            inputs = inputs.with_files()
            days = days_in_files(inputs)
            last = max((own[-1] for own in days.values()), default=None)
            lost = vanished_in_files(inputs, days, self.shared.as_of, self.site.settings.late_days)
        else:
            calls, by_queue = calls_of(self.shared, self.site, inputs)
            last = max(by_queue.values(), default=None)
            ahead = last is not None and last >= self.shared.as_of
            inputs = replace(inputs, calls=calls, until=self.shared.as_of if ahead else None)
            lost = vanished_of(self.shared, self.site, inputs, by_queue)
        late = inputs.late(last, self.shared.as_of, self.site.settings.late_days) or lost
        if late and (last is None or self.site.settings.on_late == "fail"):
            raise InputError(late, mend="Bring the missing exports" if last is not None else None)
        if late:
            self._tell("late", self.units[self._at], message=late)
            self._late = late
        self._inputs, self._whole = inputs, True
        self._mark = None if late else marked(self.shared, self.site, self.units, inputs)

    @property
    def _all(self) -> SiteInputs:
        assert self._inputs is not None
        return self._inputs

    @property
    def _weeks(self) -> Weeks:
        shared = self.shared
        return Weeks(shared.ledger, shared.home, shared.as_of, self.site, self.units, self._all, shared.near_from)

    def _forecast_step(self, unit: Unit) -> Task | None:
        """Forecast once for all weeks; nothing is forecast where no week is planned anew and no calls are new."""
        weeks, kept = self._weeks.forecast_weeks(), self._forecast_place()
        if (kept / "volume.csv").is_file():
            told = {"input_hash": self._mark, "message": self._late or None}
            self.units[self._at] = commit_forecast(self.shared, self.site, unit, kept, self._all.config.site, told)
            return None
        if not self._weeks.needs_forecast():
            self._move(Event.UNCHANGED, input_hash=self._mark, message=self._late or None)
            return None
        weekday = WEEKDAYS[self.shared.as_of.weekday()]
        first = {"site": {"week_start": weekday}}  # a forecast begins on the day of the run, whatever day that is
        return self._begin(unit, self.shared.as_of.isoformat(), input_hash=self._mark, weeks=weeks, plan=first)

    def _plan(self, unit: Unit) -> Task | None:
        """Plan a week, or find that it need not be planned."""
        adopt(self.shared, unit, self._all.config.site.zone)
        if (frozen := self._weeks.frozen(unit)) is not None:
            publication.see_it_stand(self.shared.home, self.site.name, frozen)
            self._move(Event.UNCHANGED, run=frozen.id, input_hash=frozen.input_hash, message=NEAR)
            return None
        hashed = self._weeks.hashes()[unit.week]
        with self.shared.ledger.store.read() as c:
            run = publication.run_of(c, unit.site_id, unit.week, hashed)
        folder = run_folder(self.shared.home, self.site.name, unit.week, hashed)
        if publication.is_whole(folder, hashed):
            run = commit_run(self.shared, unit, folder, known_money(self.work, hashed))
            self._conclude(run, {"input_hash": hashed})
            return None
        before = self._weeks.run_before(unit)
        previous = None if before is None or self._all.config.cyclic else self.shared.home / before.folder
        at = publication.place_of(self.shared.home, self.site.name, unit.week)
        kept = self._forecast_place()
        covered = dt.date.fromisoformat(unit.week) >= self.shared.as_of and (kept / "volume.csv").is_file()
        return self._begin(
            unit,
            unit.week,
            input_hash=hashed,
            previous=previous,
            forecast=kept if covered else None,
            published=at if at.is_dir() else None,
        )

    def _begin(self, unit: Unit, week: str, *, input_hash: str | None = None, **more: Any) -> Task:
        """Lay out the inputs and return the unit's task."""
        inputs, settings = self.work / "inputs", self.site.settings
        self.work.mkdir(mode=0o700, parents=True, exist_ok=True)  # wages of plan.toml and costs of runs lie in there
        if not self._laid:
            calls = None if settings.calls == "files" else history_of(self.shared, self.site, self._all)
            self._all.lay_out(inputs, calls)
            lay_last_week(self.shared, self.site, self._all, inputs)
            self._laid = True
        staging = self.work / f"staging-{unit.id}-{unit.attempt + 1}"
        shutil.rmtree(staging, ignore_errors=True)
        self._hashed = input_hash
        step: Literal["plan", "forecast"] = "plan" if unit.step is Step.PLAN else "forecast"
        return Task(unit.id, unit.attempt + 1, self.site.name, step, week, inputs, staging, wages=settings.wages,
                    papers=settings.papers, timeout_s=settings.timeout_s, **more)  # fmt: skip

    def _keep(self, unit: Unit, answer: Answer, known: Mapping[str, Any]) -> None:
        """Keep what a worker made: rename, enter, publish."""
        staging = answer.folder
        assert staging is not None
        if unit.step is Step.FORECAST:
            kept = self._forecast_place()
            if not kept.is_dir():
                staging.rename(kept)
            told = {**known, "message": self._late or None}
            self.units[self._at] = commit_forecast(self.shared, self.site, unit, kept, self._all.config.site, told)
            return
        hashed = unit.input_hash or ""
        folder = run_folder(self.shared.home, self.site.name, unit.week, hashed)
        money = keep_money(self.work, hashed, answer.summary)
        keep_run(staging, folder, hashed, wages=self.site.settings.wages)
        run = commit_run(self.shared, unit, folder, money)
        self._conclude(run, {"input_hash": hashed, **known}, fresh=True)

    def _conclude(self, run: RunRow, values: dict[str, Any], *, fresh: bool = False) -> None:
        """Hold a run, or publish it, at once or with the week after it; `fresh`: it was made just now."""
        self._publishing.conclude(self._at, run, values, fresh=fresh)
        if self._publishing.ready:
            self._publish_weeks()

    def _with_stale(self, unit: Unit, message: str) -> str:
        """Add to what is said of a plan that did not come that the published one follows another week than it does."""
        stale = self._weeks.stale(unit) if self._inputs is not None else ""
        return f"{message}; {stale}" if stale else message

    def _nameless(self, message: str) -> str:
        """Return a message as the store may keep it."""
        return nameless(message, names_in(self._inputs.files) if self._inputs is not None else ()) if message else ""

    def _forecast_place(self) -> Path:
        hashed = self._all.forecast_hash(self.shared.as_of, self._weeks.forecast_weeks())
        return self.work / f"forecast-{hashed[:16]}"

    def _move(self, event: Event, **values: Any) -> None:
        self.units[self._at] = self.shared.ledger.move(self.units[self._at], event, **values)

    def _fail(self, code: int, message: str) -> None:
        unit = self.units[self._at]
        self._move(Event.FAIL, code=code, message=self._with_stale(unit, self._nameless(message)))
        message = self._with_stale(unit, message)
        self._tell("failed", self.units[self._at], code=code, message=message)
        self._block_rest()

    def _block_rest(self) -> None:
        """Block what comes after a unit that has failed."""
        why = f"{self.units[self._at].step} did not succeed"
        for i in range(self._at + 1, len(self.units)):
            if self.units[i].state is State.WAITING:
                self.units[i] = self.shared.ledger.move(self.units[i], Event.BLOCK, message=why)

    def _tell(self, what: str, unit: Unit, **detail: Any) -> None:
        self.shared.journal.write(what, site=self.site.name, step=unit.step.value, week=unit.week or None, **detail)
