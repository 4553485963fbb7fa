"""Drivers killed at random moments: the same line run again ends in the folders of an undisturbed batch."""

from __future__ import annotations

import os
import random
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_batch import Quick, content, drive, make

from busyhour.app.batch.ledger import Ledger

KILLED = 9
DEADLY = {
    "open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree", "busyhour.exchange", "sqlite3.connect",
}  # fmt: skip
"""What a driver does to the disk, as Python's audit tells."""


def killed(path: Path, after: int) -> bool:
    """Run the batch in a child that dies before its `after`-th step; return whether it lived to its end."""
    child = os.fork()
    if child == 0:
        steps = 0

        def step(event: str, args: tuple[object, ...]) -> None:
            nonlocal steps
            if event in DEADLY:
                steps += 1
                if steps >= after:
                    os._exit(KILLED)

        move = Ledger.move

        def dying(*args: object, **values: object) -> object:
            step("open", ())
            found = move(*args, **values)  # type: ignore[arg-type]
            step("open", ())
            return found

        Ledger.move = dying  # type: ignore[method-assign, assignment]
        sys.addaudithook(step)
        code = 1
        try:
            code = drive(path).status.code
        finally:
            os._exit(code)
    found = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert found in (0, KILLED)
    return found == 0


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(("seed", "workers"), [(0, 0), (1, 2), (2, 2)])
def test_killed_drivers_leave_what_an_undisturbed_batch_leaves(
    tmp_path: Path, quick: Callable[..., Quick], seed: int, workers: int
) -> None:
    """Nothing is lost, doubled or torn, wherever the driver dies, again and again; workers have tasks ready ahead."""
    quick()
    whole = make(tmp_path / "whole")
    drive(whole)
    path, rng, lives = make(tmp_path / "b"), random.Random(seed), 0
    path.write_text(path.read_text(encoding="utf-8").replace("workers = 0", f"workers = {workers}"), encoding="utf-8")
    drive_once = content(whole.parent)
    while not killed(path, after := rng.randrange(1, 400)):
        lives += 1
        assert lives < 200, after
    assert content(path.parent) == drive_once
    with sqlite3.connect(path.parent / "busyhour.db") as c:
        last = "SELECT DISTINCT state FROM unit WHERE batch = (SELECT max(id) FROM batch)"
        states = {state for (state,) in c.execute(last)}
        assert states <= {"done", "unchanged"}
        for table, rows in (("publication", 4), ("run", 4), ("batch", 1)):
            assert c.execute(f"SELECT count(*) FROM {table}").fetchone() == (rows,), table
    left = [p.name for p in path.parent.rglob("*") if "staging" in p.name or ".busyhour-tmp" in p.name]
    assert left == []
    assert not (path.parent / "batches" / "1" / "work").exists()
