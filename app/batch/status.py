"""How a batch stands: counts of sites, the one-line result, the exit code, the figures for other programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..cli.exit_codes import DONE, INTERNAL, SOME_FAILED, STOPPED
from .ledger import DONE as ENDED_WHOLE
from .ledger import RUNNING, BatchRow, Unit, now
from .units import BAD, ENDED, GOOD, State, Step, site_state

GRAVEST = (7, 1, 6, 4, 3)
"""Codes of failed sites, the gravest first."""
TOLD = ("done", "unchanged", "held", "failed", "running", "waiting")


@dataclass(frozen=True)
class SiteStatus:
    """How a site stands: its state, of its gravest trouble the code and the sentence; what is odd about its calls."""

    name: str
    state: State
    code: int = DONE
    message: str = ""
    seconds: float = 0.0
    remark: str = ""

    @property
    def word(self) -> str:
        """The state in the words of the one-line result."""
        return "failed" if self.state in BAD else self.state.value


@dataclass(frozen=True)
class BatchStatus:
    """How a batch stands.

    Attributes
    ----------
    seconds
        From its beginning to its end, or to now.
    left_s
        Seconds until its end, as the plans so far let expect; None = nobody knows.
    notes
        What the batch left aside, a sentence each.
    """

    batch: BatchRow
    sites: Sequence[SiteStatus]
    seconds: int
    left_s: float | None = None
    notes: Sequence[str] = ()

    @classmethod
    def of(
        cls,
        batch: BatchRow,
        by_site: Mapping[str, Sequence[Unit]],
        left_s: float | None = None,
        notes: Sequence[str] = (),
    ) -> BatchStatus:
        """Return the status from the units of each site."""
        end = now() if batch.ended_s is None else batch.ended_s
        sites = [site_status(name, units) for name, units in by_site.items()]
        return cls(batch, sites, max(0, end - batch.began_s), left_s, notes)

    @property
    def counts(self) -> dict[str, int]:
        """Sites by word: done, unchanged, held, failed, running, waiting."""
        found = Counter(site.word for site in self.sites)
        return {word: found[word] for word in TOLD}

    @property
    def code(self) -> int:
        """The exit code: 0, 8 where sites failed or are held, 130 where some are left."""
        counts = self.counts
        if counts["running"] or counts["waiting"]:
            return STOPPED
        return SOME_FAILED if counts["failed"] or counts["held"] else DONE

    @property
    def worst(self) -> tuple[int, list[str]] | None:
        """The gravest code of the failed sites, and the sites that have it; None where none failed."""
        failed = [site for site in self.sites if site.word == "failed"]
        code = next((c for c in GRAVEST if any(site.code == c for site in failed)), None)
        return None if code is None else (code, [site.name for site in failed if site.code == code])

    def line(self, page: Path | None = None) -> str:
        """Return the one-line result."""
        counts = self.counts
        said = ", ".join(f"{n:,} {word}" for word, n in counts.items() if n) or "nothing to do"
        stopped = "" if self.batch.state in (RUNNING, ENDED_WHOLE) else f"{self.batch.state}, "
        text = f"busyhour batch {self.batch.name} {self.batch.id}: {stopped}{said} of {len(self.sites):,} sites"
        text += f", {duration(self.seconds)}"
        if self.worst is not None:
            code, names = self.worst
            more = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
            text += f"; worst {code}: {names[0]}{more}"
        return text + (f"; {page}" if page is not None else "")

    def summary(self, page: Path | None = None) -> dict[str, Any]:
        """Return the status for other programs; it tells no wages."""
        return {
            "batch": self.batch.id,
            "name": self.batch.name,
            "as_of": self.batch.as_of,
            "state": self.batch.state,
            "code": self.code,
            "sites": len(self.sites),
            **self.counts,
            "seconds": self.seconds,
            "seconds_left": self.left_s,
            "troubles": [
                {"site": s.name, "state": s.state.value, "code": s.code, "message": s.message}
                for s in self.sites
                if s.word in ("failed", "held")
            ],
            "remarks": [{"site": s.name, "remark": s.remark} for s in self.sites if s.remark],
            "notes": list(self.notes),
            "page": None if page is None else str(page),
            "line": self.line(page),
        }


def given_back(unit: Unit) -> Unit:
    """Return a unit as the next driver takes it up: what a killed one had at work waits."""
    return replace(unit, state=State.WAITING) if unit.state is State.RUNNING else unit


def site_status(name: str, units: Sequence[Unit]) -> SiteStatus:
    """Return how a site stands from its units."""
    state = site_state((unit.step, unit.state) for unit in units)
    seconds = sum(unit.seconds or 0.0 for unit in units)
    bad = next((u for u in units if u.state in BAD - {State.BLOCKED}), None)
    held = next((u for u in units if u.state is State.HELD), None)
    trouble = bad if state in BAD else held if state is State.HELD else None
    calls = (u for u in units if u.step is not Step.PLAN and u.state in GOOD)
    remark = "; ".join(u.message for u in calls if u.message)
    if trouble is None:
        return SiteStatus(name, state, seconds=seconds, remark=remark)
    code = trouble.code if trouble.code is not None else INTERNAL
    where = f"{trouble.week}: " if trouble.week else ""
    return SiteStatus(name, state, code, f"{where}{trouble.message or ''}", seconds, remark)


def seconds_left(by_site: Mapping[str, Sequence[Unit]], last: Mapping[str, float], places: int) -> float | None:
    """Estimate the seconds until all plans are made, from those that were made in this batch and before."""
    plans = [unit for units in by_site.values() for unit in units if unit.step is Step.PLAN]
    made = [unit.seconds for unit in plans if unit.seconds]
    usual = sum(made) / len(made) if made else sum(last.values()) / len(last) if last else None
    waiting = [unit for unit in plans if unit.state not in ENDED]
    if not waiting:
        return 0.0
    if usual is None:
        return None
    return sum(last.get(unit.site, usual) for unit in waiting) / max(1, places)


def duration(seconds: float) -> str:
    """Return a duration as people say it.

    Examples
    --------
    >>> duration(41), duration(2460), duration(9000)
    ('41 s', '41 min', '2.5 h')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
