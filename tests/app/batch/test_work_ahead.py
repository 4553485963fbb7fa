"""While workers plan, the next tasks are got ready; a place is filled before the answer that left it is committed."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from tiny_batch import Quick, drive, make

from busyhour.app.batch import drive as driving
from busyhour.app.batch.chain import Chain
from busyhour.app.batch.task import Answer, Task


class OneByOne(Quick):
    """Answers the first of its tasks once both places are taken, and tells what happens."""

    def __init__(self, told: list[str]) -> None:
        super().__init__()
        self.told, self._waiting = told, list[Answer]()

    def submit(self, task: Task) -> None:
        self.told.append(f"begin {task.site} {task.step}")
        super().submit(task)

    def answers(self, timeout_s: float) -> Sequence[Answer]:
        self._waiting += super().answers(timeout_s)
        if timeout_s == 0.0 and len(self._waiting) <= self.places:
            return []  # nothing has been waited for yet
        found, self._waiting = self._waiting[:1], self._waiting[1:]
        return found


@pytest.mark.slow
@pytest.mark.parametrize("workers", [2, 0])
def test_places_are_filled_first_where_others_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    """With plans in this process nothing is done beside them. Either way all sites are done, each once."""
    path, told = make(tmp_path / "b", weeks=1), list[str]()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("workers = 0", f"workers = {workers}"), encoding="utf-8")
    for name in ("east", "west"):
        shutil.copytree(path.parent / "sites" / "south", path.parent / "sites" / name)
    monkeypatch.setattr(driving, "engine_of", lambda run, tell: OneByOne(told))
    settle = Chain.settle

    def told_settle(chain: Chain, answer: Answer) -> None:
        told.append(f"settle {chain.site.name}")
        settle(chain, answer)

    monkeypatch.setattr(Chain, "settle", told_settle)
    assert drive(path).status.counts["done"] == 4
    assert sorted(line for line in told if "begin" in line) == sorted(
        f"begin {site} {step}" for site in ("east", "north", "south", "west") for step in ("forecast", "plan")
    )
    first = told.index("settle east")
    assert told[:2] == ["begin east forecast", "begin north forecast"]
    assert told[first - 1].startswith("begin south") is (workers == 2)
