"""Plans of the peer for a day: what it is asked, try by try, and what its answers mean as activity."""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.testday import QUEUE, SLOT_MIN, STEP_MIN, TestDay, read_families

SCRIPT = Path(__file__).parent / "pyworkforce_day.py"
SCHEDULERS = ("MinRequiredResources", "MinAbsDifference")


@dataclass(frozen=True)
class Variant:
    """Shift lengths given to the peer at once, and how its one list of breaks is cut for them.

    The peer measures a break's window from both ends of the shift. With one length that says what the family says
    (``exact``); with several, ``strict`` windows are legal for every length, and ``loose`` ones hold every legal start
    together with some illegal ones, to the peer's advantage.
    """

    lengths: tuple[int, ...]
    windows: str

    def __str__(self) -> str:
        hours = [f"{n / 60:g}" for n in (self.lengths[0], self.lengths[-1])]
        return f"{'-'.join(dict.fromkeys(hours))} h {self.windows}"

    @property
    def breaks(self) -> list[dict[str, Any]]:
        """The breaks in the peer's terms: slots from the shift's start, slots to its end."""
        found, pick = read_families(), min if self.windows == "loose" else max
        out = []
        for k, first in enumerate(found[self.lengths[0]]):
            early = [found[n][k]["earliest_start_min"] for n in self.lengths]
            late = [n - found[n][k]["latest_start_min"] - first["duration_min"] for n in self.lengths]
            out.append(
                {
                    "name": f"{k + 1}-{first['kind']}",
                    "duration_periods": first["duration_min"] // SLOT_MIN,
                    "min_start_after": pick(early) // SLOT_MIN,
                    "max_end_before": pick(late) // SLOT_MIN,
                }
            )
        return out


def variants(group: Sequence[int]) -> Iterator[Variant]:
    """Yield the ways in which the peer can use a group of lengths with like breaks."""
    if len(group) > 1:
        yield Variant(tuple(group), "strict")
        yield Variant(tuple(group), "loose")
    for length in group:
        yield Variant((length,), "exact")


def task(day: TestDay, variant: Variant, scheduler: str, share: float, seconds: float) -> dict[str, Any]:
    """Return what the peer is asked: the need inflated by `share` for its shifts, the true need for its breaks."""
    begin, end = (m // SLOT_MIN for m in day.span_min)
    need = [int(n) for n in day.need[begin:end]]
    found = read_families()
    shifts = [
        {
            "name": f"{length}@{start}",
            "start": start,
            "end": start + length // SLOT_MIN,
            "cost": found[length][0]["paid_min"] // STEP_MIN,
        }
        for length in variant.lengths
        for start in range(0, end - begin - length // SLOT_MIN + 1, STEP_MIN // SLOT_MIN)
    ]
    inflated = [math.ceil(n * (1 + share) - 1e-9) for n in need]
    return {
        "need": need,
        "inflated": inflated,
        "shifts": shifts,
        "breaks": variant.breaks,
        "scheduler": scheduler,
        "seconds": seconds,
    }


def solve(python: Path, asked: dict[str, Any]) -> dict[str, Any]:
    """Solve one task in the peer's own process.

    Raises
    ------
    RuntimeError
        With the peer's own words, if it fails.
    """
    done = subprocess.run(
        [str(python), str(SCRIPT)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{SCRIPT.name} failed: {done.stderr.strip()}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def peer_activity(answer: dict[str, Any], asked: dict[str, Any], day: TestDay) -> pd.DataFrame:
    """Return the peer's plan as activity rows, one agent per head."""
    zero = pd.Timestamp(day.date) + pd.Timedelta(minutes=day.span_min[0])
    spans = {s["name"]: (s["start"], s["end"]) for s in asked["shifts"]}
    breaks: dict[tuple[str, int], list[tuple[int, int, str]]] = {}
    for b in answer["breaks"]:
        kind = b["break_name"].split("-")[1]
        breaks.setdefault((b["shift"], b["slot"]), []).append((b["start_period"], b["end_period"], kind))
    rows = []
    for name, heads in answer["heads"].items():
        for head in range(heads):
            agent, (at, end) = f"{name}-{head:03d}", spans[name]
            for start, stop, kind in sorted(breaks[name, head]):
                rows += [(agent, at, start, "phone"), (agent, start, stop, kind)]
                at = stop
            rows.append((agent, at, end, "phone"))
    table = pd.DataFrame([r for r in rows if r[1] < r[2]], columns=["agent", "start", "end", "activity"])
    for column in ("start", "end"):
        table[column] = zero + pd.to_timedelta(table[column] * SLOT_MIN, unit="min")
    return table.assign(queue=np.where(table["activity"] == "phone", QUEUE, ""))
