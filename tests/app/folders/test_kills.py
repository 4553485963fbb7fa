"""Kills of a process that writes a run: the old run or the new one is there, whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from small_runs import leftovers, make, told

from busyhour.app.folders.one_run import one_run

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
