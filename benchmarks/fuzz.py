"""Damaged inputs through the real commands: python -m benchmarks.fuzz [N] [--first SEED] [--processes P] [--out F]

Every input file of a tiny desk, of the bare files that stages read, and of a finished run is damaged in turn by a seed;
then the command that reads the file runs in a worker process under a watchdog. Told are tracebacks, hangs (above 20 s
of a processor), and silent nonsense: an accepted file whose calls or wages are not those that a naive reader finds in
it, an output that is not finite, a plan that the judge refuses. A case is known by its seed: ``1 --first SEED`` runs
one case again.

One accepted input in four is planned to the end, since planning takes a hundred times as long as reading, and papers
are written for one plan in ten.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import faulthandler
import io
import json
import math
import multiprocessing
import random
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
import unittest.mock
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from benchmarks.fuzz_desk import write_desk
from benchmarks.mutations import mutated
from busyhour.app import run as planning
from busyhour.app.cli.main import app
from busyhour.app.inputs import Inputs
from busyhour.app.publish import papers as publishing
from busyhour.forecast.ranges import MOST_CALLS, MOST_WAGE

HANG_S = 20
EXPECTED = {0, 3, 4, 5, 6}
"""Exit codes of a case: done, bad input, infeasible, limit with and without a plan; never 1, 2 or 7."""
PAPERS = ("write_report", "write_workbook", "write_calendars", "write_sheets")

Case = tuple[str, tuple[str, ...]]
PLAN = ("plan", "{desk}", "--out", "{out}", "--quiet")
SCHEDULE = ("schedule", "--requirement", "{desk}/requirement.csv", "--rules", "{desk}/plan.toml", "--out", "{out}")
FORECAST = ("forecast", "{desk}/calls.csv", "--days", "7", "--interval", "60", "--out", "{out}", "--quiet",
            "--overrides", "{desk}/overrides.csv", "--closed", "{desk}/closed.csv",
            "--zone", "Europe/Berlin")  # fmt: skip
BACKTEST = ("backtest", "{desk}/calls.csv", "--origins", "{desk}/origins.csv", "--interval", "60", "--out", "{out}",
            "--model", "weekday_mean", "--quiet")  # fmt: skip
REQUIRE = ("require", "{desk}/volume.csv", "--goal", "80/20", "--out", "{out}", "--quiet")
SIMULATE = ("simulate", "{desk}/staffing.csv", "{desk}/volume.csv", "--handle", "{desk}/times.csv", "--quiet")
CASES: tuple[tuple[int, Case], ...] = (
    (8, ("{desk}/plan.toml", PLAN)),
    (4, ("{desk}/calls.csv", PLAN)),
    (4, ("{desk}/staff.csv", PLAN)),
    *((2, ("{desk}/" + name, PLAN)) for name in ("availability.csv", "leave.csv", "wishes.csv", "fixed.csv")),
    *((2, ("{desk}/" + name, PLAN)) for name in ("special_days.csv", "overrides.csv")),
    (1, ("{desk}/meetings.csv", PLAN)),
    (1, ("{desk}/calls.csv.gz", ("plan", "{gz}", *PLAN[2:]))),
    (2, ("{desk}/calls.xlsx", ("plan", "{xlsx}", *PLAN[2:]))),
    *((1, ("{run}/" + name, (*PLAN, "--previous", "{run}", "--week", "2026-10-26"))) for name in
      ("activity.csv", "roster.csv")),
    (2, ("{desk}/requirement.csv", SCHEDULE)),
    (1, ("{run}/curve.csv", (*SCHEDULE, "--curve", "{run}/curve.csv"))),
    *((2, ("{desk}/" + name, FORECAST)) for name in ("calls.csv", "overrides.csv", "closed.csv")),
    *((1, ("{desk}/" + name, BACKTEST)) for name in ("calls.csv", "origins.csv")),
    (3, ("{desk}/volume.csv", REQUIRE)),
    *((1, ("{desk}/" + name, SIMULATE)) for name in ("volume.csv", "staffing.csv", "times.csv")),
    *((1, ("{run}/" + name, ("check", "{run}"))) for name in
      ("activity.csv", "coverage.csv", "summary.json", "manifest.json", "inputs/arguments.json", "inputs/plan.toml",
       "inputs/staff.csv", "inputs/availability.csv", "inputs/leave.csv", "inputs/fixed.csv",
       "inputs/special_days.csv")),
    *((1, ("{run}/" + name, ("compare", "{run}", "--json"))) for name in ("summary.json",)),
    *((1, ("{run}/" + name, ("explain", "{run}"))) for name in ("explain.csv", "summary.json")),
    *((1, ("{run}/" + name, ("diff", "{run}", "{twin}"))) for name in ("roster.csv", "activity.csv")),
    *((1, ("{run}/" + name, ("report", "{run}"))) for name in
      ("summary.json", "activity.csv", "roster.csv", "volume.csv", "service.csv", "inputs/plan.toml")),
    *((1, ("{desk}/" + name, ("init", "{out}", "--calls", "{desk}/" + name))) for name in ("calls.csv", "calls.xlsx")),
)  # fmt: skip
"""How often a case is drawn, the file that is damaged, and the command that reads it."""


class HangError(BaseException):
    """A case took more than `HANG_S` processor seconds."""


class ReadEnoughError(BaseException):
    """The input was accepted, and this case is not one of those that are planned."""


class Places(dict[str, Path]):
    """The folders of one worker, by the names that cases use."""

    @classmethod
    def made(cls, home: Path) -> Places:
        """Make the desks and the finished run."""
        places = cls(out=home / "out", run=home / "run", twin=home / "twin", desk=write_desk(home / "desk"))
        for name, file in (("gz", "calls.csv.gz"), ("xlsx", "calls.xlsx")):
            places[name] = home / name
            places[name].mkdir()
            for own in places["desk"].iterdir():
                if own.name != "plan.toml":
                    (places[name] / own.name).symlink_to(own)
            given = (places["desk"] / "plan.toml").read_text(encoding="utf-8")
            text = given.replace('["calls.csv"]', f'["{file}"]\noutside = true')  # the calls lie behind a link
            (places[name] / "plan.toml").write_text(text, encoding="utf-8")
        done = CliRunner().invoke(app, ["plan", str(places["desk"]), "--out", str(places["run"]), "--quiet"])
        if done.exit_code:
            raise RuntimeError(done.output) from done.exception
        shutil.copytree(places["run"], places["twin"])
        for command in dict.fromkeys(command for _, (_, command) in CASES):
            done = CliRunner().invoke(app, [places.filled(word) for word in command])
            _swept(places)
            if done.exit_code:  # undamaged, each command must end well
                raise RuntimeError(f"{command}: {done.output}") from done.exception
        return places

    def filled(self, text: str) -> str:
        """Return a word of a case with the folders' names filled in."""
        return text.format(**self)


def naive_calls(raw: bytes) -> float | None:
    """Return the sum of offered calls of a plain file by a reader of ten lines; None where the file is not plain."""
    try:
        rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error):
        return None
    header = rows[0] if rows else []
    if header.count("offered") != 1 or any(len(row) != len(header) for row in rows):
        return None
    cells = [row[header.index("offered")] for row in rows[1:]]
    return math.fsum(map(float, cells)) if all(re.fullmatch(r"\d+(\.\d+)?", c) for c in cells) else None


def naive_wages(raw: bytes) -> dict[str, float]:
    """Return agent → wage of a plain staff.csv; {} where the file is not plain."""
    try:
        rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error):
        return {}
    header = rows[0] if rows else []
    if not {"agent", "cost_h"} <= set(header) or any(len(row) != len(header) for row in rows):
        return {}
    a, w = header.index("agent"), header.index("cost_h")
    return {r[a].strip(): float(r[w]) for r in rows[1:] if re.fullmatch(r"\d+(\.\d+)?", r[w])}


def odd_inputs(inputs: Inputs) -> str:
    """Return what is odd about inputs that were accepted; "" where nothing is."""
    if inputs.calls is not None:
        offered = inputs.calls["offered"].dropna()
        if not offered.between(0, MOST_CALLS).all():
            return "calls out of bounds"
        naive = naive_calls(inputs.files["calls.csv"].content) if "calls.csv" in inputs.files else None
        if naive is not None and abs(offered.sum() - naive) > 1e-6 * max(1.0, naive):
            return f"{offered.sum()} calls read, {naive} in the file"
    wages = naive_wages(inputs.files["staff.csv"].content) if "staff.csv" in inputs.files else {}
    for person in inputs.people:
        if not 0 <= person.cost_h <= MOST_WAGE or person.cost_h != wages.get(person.id, person.cost_h):
            return f"{person.id} costs {person.cost_h}, {wages.get(person.id)} in the file"
    return ""


def odd_run(out: Path) -> str:
    """Return what is odd about a published run; "" where nothing is."""
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"), parse_constant=lambda c: "odd")
    for key in ("cost", "cost_wages", "cost_prices", "paid_hours"):
        value = summary[key]
        if not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
            return f"{key} is {value!r}"
    judged = CliRunner().invoke(app, ["check", str(out)])
    return "" if judged.exit_code == 0 else f"check ends with {judged.exit_code}: {judged.output[-300:]}"


@contextlib.contextmanager
def sampled(seed: int, odd: list[str]) -> Iterator[None]:
    """Plan one accepted input in four, with papers for one plan in ten; note what is odd about the inputs."""
    plan: Callable[..., Any] = planning.plan

    def some(inputs: Inputs, watch: Any = None) -> Any:
        odd.append(odd_inputs(inputs))
        if seed % 4:
            raise ReadEnoughError
        return plan(inputs, watch)

    with contextlib.ExitStack() as stack:
        stack.enter_context(unittest.mock.patch.object(planning, "plan", some))
        if seed % 40:
            for name in PAPERS:
                stack.enter_context(unittest.mock.patch.object(publishing, name, lambda *args, **rest: None))
        yield


def _alarm(*_: object) -> None:
    raise HangError


def one(seed: int, places: Places) -> dict[str, Any]:
    """Damage one file by a seed, run its command, and return what came of it."""
    rng = random.Random(seed)
    file, command = rng.choices([c for _, c in CASES], [w for w, _ in CASES])[0]
    path, odd = Path(places.filled(file)), list[str]()
    raw = path.read_bytes()
    how, changed = mutated(seed, path.name, raw)
    began = time.monotonic()
    told: dict[str, Any] = {"seed": seed, "file": file, "command": command[0], "how": how}
    signal.setitimer(signal.ITIMER_PROF, HANG_S)
    faulthandler.dump_traceback_later(10 * HANG_S, exit=True)  # a library that does not listen to signals
    try:
        path.write_bytes(changed)
        with sampled(seed, odd):
            result = CliRunner().invoke(app, [places.filled(word) for word in command])
        told |= _verdict(result, command, places)
    except ReadEnoughError:
        told |= {"code": "read", "wrong": ""}
    except HangError:
        told |= {"code": "hang", "wrong": "hang"}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        faulthandler.cancel_dump_traceback_later()
        path.write_bytes(raw)
        _swept(places)
    told["wrong"] = told["wrong"] or next(filter(None, odd), "")
    return told | {"seconds": round(time.monotonic() - began, 2)}


def _verdict(result: Result, command: tuple[str, ...], places: Places) -> dict[str, Any]:
    """Return the exit code of a command and what is wrong about its end."""
    error = result.exception
    code, wrong = result.exit_code, ""
    if error is not None and not isinstance(error, SystemExit):
        wrong = "".join(traceback.format_exception(error))[-3000:]
    elif "internal error" in result.output:
        wrong = f"Traceback kept by the command: {result.output[-500:]}"
    elif code not in EXPECTED and not (code == 7 and command[0] == "check"):
        wrong = f"code {code}: {result.output[-500:]}"
    elif code == 3 and (len(result.output) > 3000 or not result.output.strip()):
        wrong = f"a message of {len(result.output)} characters"
    elif code in (0, 5) and command[0] in ("plan", "schedule"):
        wrong = odd_run(places["out"])
    return {"code": code, "wrong": wrong, "text": result.output[:300] if code == 3 else ""}


def _swept(places: Places) -> None:
    """Remove what a command wrote beside its run or into `out`."""
    out = places["out"]
    if out.is_dir():
        shutil.rmtree(out)
    out.unlink(missing_ok=True)
    (out.parent / "curve.csv").unlink(missing_ok=True)


def work(seeds: list[int], home: str, results: Any) -> None:
    """Run cases in a worker; each is told before it begins and when it has ended."""
    signal.signal(signal.SIGPROF, _alarm)
    with tempfile.TemporaryDirectory(dir=home) as name:
        places = Places.made(Path(name))
        for seed in seeds:
            results.put(("began", seed, None))
            results.put(("ended", seed, one(seed, places)))
    import resource  # not on Windows, where tests import this module

    results.put(("done", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, None))


def run_all(seeds: list[int], processes: int, home: str, out: Path | None) -> list[dict[str, Any]]:
    """Run all seeds; a worker that dies takes one case with it, which is noted, and another goes on."""
    context = multiprocessing.get_context("spawn")
    found: list[dict[str, Any]] = []
    todo = {k: seeds[k::processes] for k in range(processes)}
    lines = out.open("a", encoding="utf-8") if out else None
    while any(todo.values()):
        queues = {k: context.Queue() for k, own in todo.items() if own}
        workers = {k: context.Process(target=work, args=(todo[k], home, q)) for k, q in queues.items()}
        for worker in workers.values():
            worker.start()
        while any(w.is_alive() for w in workers.values()) or any(not q.empty() for q in queues.values()):
            for k, queue in queues.items():
                while not queue.empty():
                    what, seed, result = queue.get()
                    if what == "ended":
                        found.append(result)
                        todo[k].remove(seed)
                        if lines:
                            print(json.dumps(result), file=lines, flush=True)
                    elif what == "done":
                        print(f"worker {k}: peak {seed / 1e6:.2f} GB", flush=True)
            time.sleep(0.05)
        for k in workers:
            if todo[k]:
                seed = todo[k].pop(0)
                found.append({"seed": seed, "code": "died", "wrong": "died", "how": "", "file": "", "seconds": 0.0})
                print(f"seed {seed}: the worker died", flush=True)
    return found


def _kind(case: Mapping[str, Any]) -> str:
    if case["code"] in ("hang", "died"):
        return "hang"
    return "traceback" if "Traceback" in case["wrong"] else "nonsense"


def told(found: list[Mapping[str, Any]]) -> str:
    """Return the figures of a run as text."""
    wrong = [f for f in found if f["wrong"]]
    kinds = Counter(map(_kind, wrong))
    codes = ", ".join(f"{code}: {n}" for code, n in sorted(Counter(str(f["code"]) for f in found).items()))
    lines = [
        f"{len(found)} damaged inputs: {kinds['traceback']} tracebacks, {kinds['hang']} hangs "
        f"(above {HANG_S} processor seconds), {kinds['nonsense']} silent nonsense",
        f"codes {codes} (read = accepted, not planned)",
        f"longest {max((f['seconds'] for f in found), default=0.0)} s",
    ]
    for f in wrong:
        lines.append(f"seed {f['seed']}: {f['file']} {f['how']} {f.get('command', '')}: {f['wrong'].strip()[-1200:]}")
    return "\n".join(lines)


def main() -> None:
    """Run the cases and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="?", type=int, default=10_000, help="number of damaged inputs")
    parser.add_argument("--first", type=int, default=1, help="seed of the first; each next has the next number")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, help="file to which each case is added as a line of JSON")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="busyhour-fuzz-") as home:
        seeds = list(range(args.first, args.first + args.cases))
        found = run_all(seeds, min(args.processes, len(seeds)), home, args.out)
    print(told(found))
    sys.exit(any(f["wrong"] for f in found))


if __name__ == "__main__":
    main()
