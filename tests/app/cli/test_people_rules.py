"""Rules about people's weeks on the command line: what is kept, and which code tells what cannot be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from busyhour.app.cli.main import app

Edit = Callable[[str, str], None]

HEAD = "agent,date,pattern\n"
WHOLE_WEEK = "".join(f"a0,2026-10-{day},full\n" for day in range(19, 24))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fixed", "rules", "contract", "code", "message"),
    [
        ("eve,2026-10-19,full\n", "", "", 3, "fixed.csv, row 2, column agent: unknown agent (got 'eve')"),
        ("a0,2026-10-19,ful\n", "", "", 3, "row 2, column pattern: unknown pattern (got 'ful'). Did you mean 'full'"),
        ("a0,2026-10-19,full@1200\n", "", "", 3, "no such shift on 2026-10-19"),
        ("a0,2026-10-19,full\na0,2026-10-19,part\n", "", "", 3, "row 3: two fixed rows for one day"),
        ("a9,2026-10-19,full\n", "", "", 3, "contract part of a9 does not allow family full"),
        ("", "min_run_days = 4\nmax_run_days = 3\n", "", 3, "rules.min_run_days: the least days in a row"),
        ("", "max_shifts = { full = 8 }\n", "", 3, "rules.max_shifts.full: Expected shifts between 0 and 7"),
        (WHOLE_WEEK, "max_run_days = 4\n", "", 4, "raise rules.max_run_days to 5"),
        (WHOLE_WEEK, "", "max_shifts = { full = 4 }\n", 4, "ease contract.full.max_shifts"),
        (WHOLE_WEEK, 'not_next_day = { full = ["full"] }\n', "", 4, "ease rules.not_next_day"),
        ("", "", "min_days = 5\nmax_shifts = { full = 1, part = 1 }\n", 4, "lower contract.full.min_days to 2"),
        ("", "min_run_off_days = 4\nmax_run_days = 3\n", "min_days = 5\n", 4, "min_days"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_planned(
    centre: Path, edit: Edit, fixed: str, rules: str, contract: str, code: int, message: str
) -> None:
    """Rows that cannot be are bad input, rules that contradict each other are infeasible; nothing is written."""
    (centre / "fixed.csv").write_text(HEAD + fixed, encoding="utf-8")
    edit("[rules]\n", f"[rules]\n{rules}")
    edit("[contract.full]\n", f"[contract.full]\n{contract}")
    result = CliRunner().invoke(app, ["plan", str(centre), "--quiet"])
    assert result.exit_code == code, result.output
    assert message in result.output
    assert not (centre / "runs").exists()


@pytest.mark.slow
def test_every_rule_and_fixed_shift_is_kept_and_judged(centre: Path, edit: Edit) -> None:
    """A plan with all of them passes the judge; its roster has what is fixed."""
    rows = "a0,2026-10-20,part@1300\na1,2026-10-21,off\na9,2026-10-23,part\n"
    (centre / "fixed.csv").write_text(HEAD + rows, encoding="utf-8")
    rules = "min_run_days = 2\nmin_run_off_days = 2\nmax_weekends = 1\nwhole_weekends = true\n"
    edit("[rules]\n", f"[rules]\n{rules}max_shifts = {{ full = 3 }}\nnot_next_day = {{ part = ['full'] }}\n")
    result = CliRunner().invoke(app, ["plan", str(centre), "--quiet"])
    assert result.exit_code == 0, result.output
    run = centre / "runs" / "2026-10-19"
    roster = pd.read_csv(run / "roster.csv")
    worked = {(a, d): p for a, d, p in zip(roster["agent"], roster["date"], roster["pattern"], strict=True)}
    assert worked["a0", "2026-10-20"] == "part@1300"
    assert ("a1", "2026-10-21") not in worked
    assert worked["a9", "2026-10-23"].startswith("part@")
    families = roster["pattern"].str.split("@").str[0]
    assert (families == "full").groupby(roster["agent"]).sum().max() <= 3
    assert (run / "inputs" / "fixed.csv").is_file()
    assert CliRunner().invoke(app, ["check", str(run)]).exit_code == 0
