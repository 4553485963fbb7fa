"""A run folder takes the place of an earlier one, whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from busyhour.app.files import TEMPORARY, write_atomic
from busyhour.app.folders import locks, swap
from busyhour.app.folders.locks import held
from busyhour.app.folders.manifest import Manifest
from busyhour.app.folders.one_run import one_run, seen_once
from busyhour.app.folders.swap import foreign, locked, put, settled, work_folder
from busyhour.forecast.errors import InputError


def make(out: Path, name: str = "a", files: int = 3) -> Path:
    """Write a small run whose files all hold `name` into `out`; return where it went."""
    with work_folder(out) as work:
        for i in range(files):
            write_atomic(work / f"table{i}.csv", name)
        write_atomic(work / "inputs" / "plan.toml", name)
        return put(work, out)


def told(run: Path) -> str:
    """Return what all files of a run hold, which its manifest lists."""
    manifest = Manifest.read(run)
    assert manifest is not None
    assert manifest.differences(run) == {}
    (text,) = {(run / name).read_text(encoding="utf-8") for name in manifest.files}
    return text


def leftovers(folder: Path) -> list[str]:
    """Return temporary names below `folder`."""
    return [p.name for p in folder.rglob("*") if TEMPORARY in p.name]


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


KILLED = """
import os, sys
from pathlib import Path
from busyhour.app.folders import swap
from busyhour.app.files import write_atomic
out = Path(sys.argv[1])
swap.exchange = lambda a, b: False
rename = Path.rename
def dying(path, target):
    rename(path, target)
    if str(target).endswith(".replaced"):
        os._exit(9)
Path.rename = dying
with swap.work_folder(out) as work:
    write_atomic(work / "table0.csv", "2")
    swap.put(work, out)
"""


def killed_between_the_renames(out: Path) -> None:
    """Kill a process that has set the earlier run aside and not yet put the new one into the place."""
    make(out, "1")
    assert subprocess.run([sys.executable, "-c", KILLED, str(out)], check=False).returncode == 9
    assert not out.exists()


def test_a_run_set_aside_by_a_killed_one_is_put_back(tmp_path: Path) -> None:
    """By whatever reads or writes the folder next."""
    out = tmp_path / "run"
    killed_between_the_renames(out)
    with one_run(out) as copy:
        assert told(copy) == "1"
    assert told(out) == "1"
    assert not leftovers(tmp_path)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="a user who may write anywhere")
def test_reading_needs_no_right_to_write(tmp_path: Path) -> None:
    """A run that a kill left aside is read where it lies; a run in its place as ever."""
    run = make(tmp_path / "a" / "run", "1")
    aside = run.with_name(f".run.{'0' * 32}{TEMPORARY}{swap.REPLACED}")
    for place in (run, aside):
        if place == aside:
            run.rename(aside)
        (tmp_path / "a").chmod(0o555)
        try:
            with one_run(run) as copy:
                assert told(copy) == "1"
            assert place.exists()
        finally:
            (tmp_path / "a").chmod(0o755)


def test_a_killed_run_is_swept_by_the_next(tmp_path: Path) -> None:
    """A process that dies leaves no torn file under a final name, and the next run cleans up."""
    out = tmp_path / "run"
    code = (
        "import os, sys; from pathlib import Path; from busyhour.app.folders.swap import work_folder\n"
        f"with work_folder(Path({str(out)!r})) as w:\n"
        "    (w / 'summary.json').write_text('half')\n    os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    assert not out.exists()
    assert leftovers(tmp_path)
    make(out)
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


def test_a_lock_whose_file_was_removed_is_taken_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each holder removes the file at its end; whoever has opened that file before takes the lock of the next one."""
    path, taken = tmp_path / "lock", []

    class Late(FileLock):
        def acquire(self, *args: Any, **kwargs: Any) -> Any:
            got = super().acquire(*args, **kwargs)
            taken.append(path)
            if len(taken) == 1:
                path.unlink()
            return got

    monkeypatch.setattr(locks, "FileLock", Late)
    with held(path, 5.0):
        assert len(taken) == 2
        with pytest.raises(TimeoutError), held(path, 0.0):
            pass
    assert not path.exists()


def test_reading_is_tried_again_where_a_run_took_the_place(tmp_path: Path) -> None:
    """An error, or a mixture, counts only where the folder is still the same."""
    out, seen = make(tmp_path / "run", "1"), []

    def read(folder: Path) -> str:
        seen.append((folder / "table0.csv").read_text(encoding="utf-8"))
        if len(seen) == 1:
            make(out, "2")
        if len(seen) == 2:
            make(out, "3", files=1)
            raise FileNotFoundError("table2.csv")
        return seen[-1]

    assert seen_once(out, read) == "3"
    with pytest.raises(InputError, match="not a run folder"):
        seen_once(tmp_path / "none", read)
    assert settled(tmp_path / "none") == tmp_path / "none"


KILLED_AT_EACH = """
import os, signal, sys
from pathlib import Path
from busyhour.app.folders import swap
from busyhour.app.files import write_atomic
from busyhour.app.folders.manifest import Manifest
from busyhour.app.folders.one_run import one_run

def publish(out, name):
    with swap.work_folder(out) as work:
        for file in ("a.csv", "b/c.csv"):
            write_atomic(work / file, name)
        swap.put(work, out)

def dying(out, name, at):
    count = [0]
    def hook(event, arguments):
        if event.startswith(("open", "os.", "busyhour.")) and any(str(out.parent) in str(a) for a in arguments[:2]):
            count[0] += 1
            if count[0] == at:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)
    publish(out, name)
    os._exit(0)

def seen(out):
    with one_run(out) as run:
        assert Manifest.read(run).differences(run) == {}
        return (run / "a.csv").read_text()

out, kills = Path(sys.argv[1]) / "run", 0
if sys.argv[2] == "two renames":
    swap.exchange = lambda a, b: False
publish(out, "0")
while True:
    old, new = seen(out), str(kills + 1)
    child = os.fork()
    if not child:
        dying(out, new, kills + 1)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
        break
    kills += 1
    assert seen(out) in (old, new), (kills, seen(out))
    publish(out, new)
    assert seen(out) == new
    assert [p.name for p in out.parent.iterdir()] == ["run"], kills
print(kills)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("way", ["exchange", "two renames"])
def test_a_kill_at_every_operation_leaves_the_old_run_or_the_new_one(tmp_path: Path, way: str) -> None:
    """What readers see is whole, and the next run leaves nothing else behind."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED_AT_EACH, str(tmp_path), way], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20


def test_a_run_that_cannot_be_copied_is_one_error_of_its_file(tmp_path: Path) -> None:
    """A loop of links and a pipe in the folder are told with their names, not as faults of busyhour."""
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(InputError, match="cannot be reached"), one_run(tmp_path / "a"):
        pass
    if sys.platform != "win32":
        run = make(tmp_path / "run")
        os.mkfifo(run / "pipe")
        with pytest.raises(InputError, match=r"^pipe: the run cannot be read: .*named pipe"), one_run(run):
            pass
