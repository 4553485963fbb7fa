"""A run folder takes the place of an earlier one, whole or not at all."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from small_runs import leftovers, make, told

from busyhour.app.files import write_atomic
from busyhour.app.folders import swap
from busyhour.app.folders.one_run import one_run
from busyhour.app.folders.swap import foreign, locked, put, work_folder


@pytest.fixture(params=["exchange", "two renames"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of replacing a folder."""
    if request.param == "two renames":
        monkeypatch.setattr(swap, "exchange", lambda a, b: False)
    return str(request.param)


def test_a_rerun_replaces_the_whole_folder(tmp_path: Path, way: str) -> None:
    """Files of the earlier run do not stay behind."""
    out = make(tmp_path / "run", "1", files=9)
    assert make(out, "2") == out
    assert told(out) == "2"
    assert sorted(p.name for p in out.iterdir()) == ["inputs", "manifest.json", *(f"table{i}.csv" for i in range(3))]
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_failing_run_leaves_the_earlier_one(tmp_path: Path) -> None:
    """An error inside changes nothing outside."""
    out = make(tmp_path / "run", "first")
    with pytest.raises(OSError, match="disk is full"), work_folder(out) as work:
        write_atomic(work / "summary.json", "second")
        raise OSError("disk is full")
    assert told(out) == "first"
    assert not leftovers(tmp_path)


def test_two_runs_at_once_do_not_mix(tmp_path: Path, way: str) -> None:
    """Each writes a folder of its own; the last to finish stays whole."""
    out = tmp_path / "run"
    with work_folder(out) as a:
        write_atomic(a / "summary.json", "a")
        with work_folder(out) as b:
            write_atomic(b / "summary.json", "b")
            write_atomic(b / "only-b.csv", "b")
            put(b, out)
        assert (out / "only-b.csv").exists()
        put(a, out)
    assert told(out) == "a"
    assert not leftovers(tmp_path)


def test_an_empty_folder_is_taken(tmp_path: Path, way: str) -> None:
    """What file browsers leave in every folder counts as nothing."""
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".DS_Store").write_bytes(b"x")
    assert make(tmp_path / "run") == tmp_path / "run"
    assert told(tmp_path / "run") == "a"


def thesis(out: Path) -> None:
    (out / "thesis.txt").write_text("mine", encoding="utf-8")


def nested(out: Path) -> None:
    make(out / "other")


def edited(out: Path) -> None:
    (out / "table1.csv").write_text("edited", encoding="utf-8")


def without_manifest(out: Path) -> None:
    (out / "manifest.json").unlink()


def old_version(out: Path) -> None:
    (out / "manifest.json").unlink()
    (out / "summary.json").write_text("{}", encoding="utf-8")


def damaged(out: Path) -> None:
    (out / "manifest.json").write_text("{", encoding="utf-8")


def leading_out(out: Path) -> None:
    manifest = out / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("table1.csv", "../table1.csv"), encoding="utf-8")


def empty_folder(out: Path) -> None:
    (out / "plans for 2027").mkdir()


def linked(out: Path) -> None:
    (out / "table2.csv").unlink()
    (out / "table2.csv").symlink_to(out / "table1.csv")


def piped(out: Path) -> None:
    (out / "table2.csv").unlink()
    os.mkfifo(out / "table2.csv")


FOREIGN: dict[str, tuple[Callable[[Path], None], str]] = {
    "a file beside": (thesis, "thesis.txt was put there by others"),
    "a run inside": (nested, "other/inputs/plan.toml was put there by others, and 4 more"),
    "a changed file": (edited, "table1.csv was changed"),
    "no manifest": (without_manifest, "is not a run folder: it holds inputs, and 3 more"),
    "an older version": (old_version, "has no manifest.json: it is of an older version"),
    "a damaged manifest": (damaged, "damaged manifest.json"),
    "a manifest of files elsewhere": (leading_out, "damaged manifest.json"),
    "an empty folder": (empty_folder, "plans for 2027/ was put there"),
    "a link": (linked, "table2.csv was changed"),
}


if sys.platform != "win32":
    FOREIGN["a pipe"] = (piped, "table2.csv was changed")


@pytest.mark.parametrize("what", FOREIGN)
def test_what_others_wrote_is_never_replaced(tmp_path: Path, what: str) -> None:
    """The run goes beside, and says why."""
    spoil, says = FOREIGN[what]
    out = make(tmp_path / "run", "1")
    spoil(out)
    before = sorted(p.name for p in out.rglob("*"))
    assert says in foreign(out)
    heard = []
    with work_folder(out) as work:
        write_atomic(work / "table0.csv", "2")
        where = put(work, out, last=lambda place, why: heard.append((place, why)))
    assert where == tmp_path / "run-2"
    assert told(where) == "2"
    assert says in heard[0][1]
    assert sorted(p.name for p in out.rglob("*")) == before
    assert not leftovers(tmp_path)


def test_missing_files_and_a_manifest_of_ours_are_no_reason(tmp_path: Path) -> None:
    out = make(tmp_path / "run", "1")
    (out / "table0.csv").unlink()
    assert foreign(out) == ""
    assert make(out, "2") == out


def test_what_is_put_there_in_the_last_moment_is_kept(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the comparison and the exchange lies a moment."""
    out = make(tmp_path / "run", "1")
    replace = swap._replace

    def late(work: Path, place: Path) -> None:
        thesis(place)
        replace(work, place)

    monkeypatch.setattr(swap, "_replace", late)
    assert make(out, "2") == out
    assert told(out) == "2"
    assert (tmp_path / "run-kept" / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_a_place_that_cannot_be_replaced_is_no_reason_to_lose_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, where somebody has a file of the run open."""
    out = make(tmp_path / "run", "1")
    replace = swap._replace

    def busy(work: Path, place: Path) -> None:
        if place == out:
            raise PermissionError(13, "in use")
        replace(work, place)

    monkeypatch.setattr(swap, "_replace", busy)
    assert make(out, "2") == tmp_path / "run-2"
    assert (told(out), told(tmp_path / "run-2")) == ("1", "2")


def test_a_lock_that_is_never_free_is_no_reason_to_lose_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swap, "LOCK_S", 0.05)
    out = make(tmp_path / "run", "1")
    with work_folder(out) as work:
        write_atomic(work / "table0.csv", "2")
        with locked(out):
            assert put(work, out) == tmp_path / "run-2"


def test_a_second_ctrl_c_after_the_exchange_does_not_lose_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is published is told as published."""
    out = make(tmp_path / "run", "1")

    def interrupted(folder: Path, place: Path) -> None:
        if folder.exists():
            raise KeyboardInterrupt

    with work_folder(out) as work:
        write_atomic(work / "table0.csv", "2")
        with monkeypatch.context() as patch:
            patch.setattr(swap, "_discard", interrupted)
            assert put(work, out) == out
    assert told(out) == "2"
    assert not leftovers(tmp_path)


def test_the_sweep_leaves_live_runs_and_other_folders_alone(tmp_path: Path) -> None:
    """Names that begin alike, and signs that patterns of names would read as more than themselves."""
    for name in ("run.b", "run", "[r]un"):
        make(tmp_path / name, "1")
    with work_folder(tmp_path / "run.b") as live:
        write_atomic(live / "table0.csv", "2")
        aside = live.with_name(live.name + swap.REPLACED)
        (tmp_path / "run.b").rename(aside)
        make(tmp_path / "run", "3")
        make(tmp_path / "[r]un", "3")
        assert (live / "table0.csv").exists() and aside.exists()
        aside.rename(tmp_path / "run.b")
        put(live, tmp_path / "run.b")
    assert told(tmp_path / "run.b") == "2"
    assert not leftovers(tmp_path)


def test_long_names(tmp_path: Path) -> None:
    out = tmp_path / ("ö" * 120)
    make(out, "1")
    make(out, "2")
    assert told(out) == "2"
    assert not leftovers(tmp_path)


def test_writers_and_readers_at_once(tmp_path: Path, way: str) -> None:
    """Two writers lose no run, and readers see one run whole, never halves of two."""
    out, errors = make(tmp_path / "run", "0"), []
    done = threading.Event()

    def guarded(work: Callable[[], None]) -> Callable[[], None]:
        def wrapped() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - told below, in the test's own thread
                errors.append(error)

        return wrapped

    def write(name: str) -> None:
        for i in range(10):
            assert make(out, f"{name}{i}") == out

    def read() -> None:
        while not done.is_set():
            with one_run(out) as copy:
                told(copy)

    writers = [threading.Thread(target=guarded(lambda n=name: write(n))) for name in "ab"]  # type: ignore[misc]
    reader = threading.Thread(target=guarded(read))
    for thread in (*writers, reader):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert errors == []
    assert told(out) in ("a9", "b9")
    assert not leftovers(tmp_path)
