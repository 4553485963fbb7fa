"""The example of CONTRIBUTING.md, carried out: a new rule is seen by schema, messages, report, manual and judge."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FENCE = re.compile(r"<!-- (file|edit): (\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)

SEEN = """
import datetime as dt, importlib.util, sys
from pathlib import Path
import pandas as pd
sys.path.insert(0, sys.argv[1] + "/tests/helpers")
import dataclasses, roster_cases as small
from busyhour.app.config.plan_toml import parse_plan
from busyhour.app.report.rules import _rules
from busyhour.app.report.run import Run
from busyhour.forecast.errors import InputError
from busyhour.schedule.diagnose.conflicts import conflicts
from busyhour.schedule.diagnose.what_holds_back import RULES, Rostered
from busyhour.schedule.judge.check import check
from busyhour.schedule.rules.rules import Rules

goal = {"goal": {"level": 0.8, "within_s": 20}}
shift = {"day": {"paid_min": 480, "start_from": "08:00", "start_to": "08:00"}}
raw = {"queue": {"calls": goal}, "shift": shift, "rules": {"sundays_off": True}}
contract = {"all": {"shifts": ["day"], "max_h_week": 56, "sundays_off": False}}
plan = parse_plan({**raw, "contract": contract}, Path("plan.toml"))
assert plan.rules.sundays_off is True and plan.contract["all"].sundays_off is False
for wrong in ({"sunday_off": True}, {"sundays_off": "never"}):
    try:
        parse_plan({**raw, "rules": wrong}, Path("plan.toml"))
    except InputError as error:
        print(error)

rules = dataclasses.replace(small.FREE, sundays_off=True)
seven = dataclasses.replace(small.CONTRACT, min_days=7)
(found,) = conflicts(small.centre(small.person(), rules=rules, contract=seven))
print(found.text, "|", found.repair)
print("explained as:", RULES["sundays_off"])
problem = small.centre(small.person(), rules=rules)
sunday = [s for s in problem.shifts if s.day == 6][:1]
held = Rostered(problem, {}).barriers(6, sunday, "calls").by_rule
print("held back by:", [rule for rule, who in held.items() if who.any()])

class Told:
    plan = {"rules": {"sundays_off": True}, "contract": {"all": contract["all"]}}
print([row for row in _rules(Told()).rows if "Sunday" in row[0]])

spec = importlib.util.spec_from_file_location("reference", sys.argv[1] + "/docs/make_reference.py")
manual = importlib.util.module_from_spec(spec)
spec.loader.exec_module(manual)
print("\\n".join(line for line in manual.plan_keys().splitlines() if "sundays_off" in line))
print("\\n".join(line for line in manual.rows_of(*manual.RULES_OF_PEOPLE).splitlines() if "sundays_off" in line))

staff = pd.DataFrame({"agent": ["ann"], "contract": ["all"], "skills": [""]})
alone = {**raw, "contract": {"all": {"shifts": ["day"], "max_h_week": 56}}}
told = {"plan": alone, "week": "2026-10-19", "staff": staff}
work = pd.DataFrame([("ann", "2026-10-25T08:00", "2026-10-25T16:00", "phone", "calls")],
                    columns=["agent", "start", "end", "activity", "queue"])
print(*check(work, told).violations)
"""


def carried_out(page: str, root: Path) -> None:
    """Write the files of `page` below `root` and make its edits: hunks of kept and added lines."""
    for kind, name, text in FENCE.findall(page):
        path = root / name
        if kind == "file":
            path.write_text(text, encoding="utf-8")
            continue
        for hunk in text.split("@@\n"):
            lines = hunk.splitlines(keepends=True)
            old, new = ("".join(line[1:] for line in lines if line[0] in signs) for signs in (" -", " +"))
            known = path.read_text(encoding="utf-8")
            assert known.count(old) == 1, f"{name}: {old}"
            path.write_text(known.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what a house with the new rule prints."""
    root = tmp_path_factory.mktemp("house")
    house = root / "busyhour"
    house.mkdir()
    for room in ("forecast", "app", "schedule"):
        shutil.copytree(ROOT / room, house / room, ignore=shutil.ignore_patterns("__pycache__"))
    carried_out((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), house)
    run = subprocess.run(
        [sys.executable, "-c", SEEN, str(ROOT)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root), "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.parametrize(
    "told",
    [
        "plan.toml, key rules.sunday_off: unknown key (got 'sunday_off'). Did you mean 'sundays_off'?",
        "plan.toml, key rules.sundays_off: neither true nor false (got 'never'). Write true or false.",
        "contract.full.min_days asks for 7 days; rules.sundays_off leaves 6 (ann) | lower contract.full.min_days to 6"
        " or ease rules.sundays_off",
        "explained as: Sundays off",
        "held back by: ['sundays_off']",
        "[('Sundays off', 'yes'), ('Contract all: Sundays off', 'no rule')]",
        "| `sundays_off` | true or false | `false` |  | Whether nobody works on a Sunday. |",
        "| `sundays_off` | true or false | – |  | As in `[rules]`; without it: as there. |",
        "| `sundays_off_[agent]_[d]` | Ensures that no Sunday is worked. | `work[a, sunday] = 0` |",
        "sundays_off: ann at 2026-10-25T08:00:00: works on Sunday 2026-10-25",
    ],
)
def test_a_new_rule_is_seen_everywhere(said: str, told: str) -> None:
    assert told in said
