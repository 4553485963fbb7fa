"""The command `hire` on the small centre, and its settings."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner, Result

from busyhour.app.cli.main import app

QUICK = """months = 3
draws = 20
sample_s = 1
gap = 0.5
time_limit_s = 60
[classes]
least = 1
most = 4
[scenario.busy]
factors.volume = 1.2
"""


def hire(folder: Path, *args: str | Path, code: int = 0) -> Result:
    """Run the command in this process and expect its exit code."""
    result = CliRunner().invoke(app, ["hire", str(folder), *map(str, args)])
    assert result.exit_code == code, result.output
    return result
