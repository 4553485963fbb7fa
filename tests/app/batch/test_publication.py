"""Which run a person means, what stands published, and which plans were made for each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from busyhour.app.batch import publication
from busyhour.app.batch.publication import RunRow
from busyhour.app.files import TEMPORARY
from busyhour.app.folders import swap
from busyhour.app.folders.manifest import FILE as MANIFEST
from busyhour.app.folders.manifest import Manifest
from busyhour.app.store import schema
from busyhour.forecast.errors import InputError

WEEK, AFTER = "2026-12-07", "2026-12-14"
HASHES = {1: "aaaaaaaa1" + "0" * 55, 2: "12" + "b" * 62, 12: "cccccccc" + "0" * 56, 13: "aaaaaaaa2" + "0" * 55}


@pytest.fixture
def c() -> Iterator[Connection]:
    """A store with four runs of one week."""
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    schema.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(schema.site.insert(), [{"id": 1, "name": "north", "zone": None}])
        for number, digest in HASHES.items():
            enter_run(connection, number, WEEK, digest)
        yield connection


def enter_run(c: Connection, number: int, week: str, digest: str) -> None:
    folder = f"runs/north/{week}.{digest[:8]}"
    row = {"id": number, "site": 1, "week": week, "scenario": "", "input_hash": digest, "folder": folder,
           "status": "optimal", "stopped": "gap", "at_s": 1}  # fmt: skip
    c.execute(schema.run.insert(), [row])


def enter_publication(c: Connection, week: str, run: int) -> None:
    row = {"site": 1, "week": week, "run": run, "at_s": 1, "by": "me", "reason": "x"}
    c.execute(schema.publication.insert(), [row])


def named(c: Connection, name: str | None) -> int | None:
    found = publication.run_named(c, 1, WEEK, name)
    return None if found is None else found.id


def test_a_number_is_no_beginning_of_a_hash(c: Connection) -> None:
    """12 is the run 12, not the run whose hash begins so; a hash takes 8 characters, and one run."""
    assert (named(c, None), named(c, "12"), named(c, f"{WEEK}.cccccccc")) == (13, 12, 12)
    assert named(c, "cccccccc") == 12
    assert named(c, "ccccccc") is None
    assert named(c, "aaaaaaaa1") == 1
    with pytest.raises(InputError, match="several runs begin so"):
        named(c, "aaaaaaaa")
    with pytest.raises(InputError, match="names no run"):
        named(c, " ")


def test_plans_that_were_not_made_for_each_other(c: Connection) -> None:
    """Apart is a week whose week before was published anew later; the same run again changes nothing."""
    enter_run(c, 20, AFTER, "d" * 64)

    def apart() -> bool:
        return publication.are_apart(c, 1, WEEK, AFTER)

    assert not apart()
    enter_publication(c, WEEK, 1)
    assert not apart()
    enter_publication(c, AFTER, 20)
    assert not apart()
    enter_publication(c, WEEK, 1)
    assert not apart()
    enter_publication(c, WEEK, 12)
    assert apart()
    enter_publication(c, AFTER, 20)
    assert not apart()


def run(folder: Path, digest: str, hours: str) -> None:
    folder.mkdir(parents=True)
    (folder / "summary.json").write_text(f'{{"input_hash": "{digest}"}}', encoding="utf-8")
    rows = "".join(f"a{i},{WEEK},{WEEK}T{hours}:00,{WEEK}T18:00\n" for i in range(2))
    (folder / "roster.csv").write_text("agent,date,start,end\n" + rows, encoding="utf-8")
    (folder / MANIFEST).write_text(Manifest.of(folder).text, encoding="utf-8")


def test_a_published_plan_is_compared_where_its_run_was_removed(tmp_path: Path) -> None:
    """The published copy tells the same; where that is gone too, or another run lies there, nothing is compared."""
    old, new = (RunRow(i, WEEK, digest * 64, f"runs/{digest}") for i, digest in ((1, "a"), (2, "b")))
    run(tmp_path / "runs" / "b", new.input_hash, "09")
    assert publication.changes_from(tmp_path, "north", old, new) == (False, None)
    place = publication.place_of(tmp_path, "north", WEEK)
    run(place, old.input_hash, "08")
    comparable, changes = publication.changes_from(tmp_path, "north", old, new)
    assert comparable and changes is not None and (changes.changed, changes.of) == (2, 2)
    (tmp_path / "runs" / "b" / "roster.csv").unlink()
    assert publication.changes_from(tmp_path, "north", old, new)[1] == changes  # nobody is named any more
    (place / "summary.json").write_text(f'{{"input_hash": "{new.input_hash}"}}', encoding="utf-8")
    assert publication.changes_from(tmp_path, "north", old, new) == (False, None)


def test_a_run_is_whole_with_all_its_files_as_they_were(tmp_path: Path) -> None:
    """A file that is gone or changed makes a run worth nothing; one that somebody added does not."""
    digest = "a" * 64
    place = publication.place_of(tmp_path, "north", WEEK)
    run(place, digest, "08")
    assert publication.is_whole(place, digest) and not publication.is_whole(place, "b" * 64)
    (place / "note.txt").write_text("mine", encoding="utf-8")
    assert publication.is_whole(place, digest)
    (place / "roster.csv").write_text("", encoding="utf-8")
    assert not publication.is_whole(place, digest)
    row = RunRow(1, WEEK, digest, "runs/a")
    assert publication.stands(tmp_path, "north", row)
    (place / "roster.csv").unlink()
    assert not publication.stands(tmp_path, "north", row)


def test_a_copy_that_was_killed_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver dies while the manifest of the copy gets its name; the next one publishes the run, and that alone."""
    digest, place = "a" * 64, publication.place_of(tmp_path, "north", WEEK)
    run(tmp_path / "runs" / "a", digest, "08")

    def die(path: Path, content: str) -> None:
        (path.parent / f".{digest[:32]}{TEMPORARY}").write_text(content, encoding="utf-8")
        raise KeyboardInterrupt

    with monkeypatch.context() as dead:
        dead.setattr(swap, "write_atomic", die)
        dead.setattr(swap, "_discard", lambda work, out: None)
        with pytest.raises(KeyboardInterrupt):
            publication.copy_to_place(tmp_path, "north", RunRow(1, WEEK, digest, "runs/a"), revise=False)
    publication.see_it_stand(tmp_path, "north", RunRow(1, WEEK, digest, "runs/a"))
    assert publication.stands(tmp_path, "north", RunRow(1, WEEK, digest, "runs/a"))
    assert [p.name for p in place.parent.rglob(f"*{TEMPORARY}*") if p.suffix != ".lock"] == []
    assert {p.name for p in place.iterdir()} == {p.name for p in (tmp_path / "runs" / "a").iterdir()}
