"""`busyhour init --calls`: hours from the export, nothing of the example, and what is asked."""

from __future__ import annotations

import shlex
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from busyhour.app.cli.main import app

EXAMPLE = ("Europe/Berlin", "DE", "Example", "08:00-20:00", "09:00-15:00", "patience_s = 120", "handle_s = 300", "0.08")
"""What stands in the plan of a plain `init` and must not stand in that of an export."""


def desk(path: Path, *, form: str = "%m/%d/%Y %I:%M %p", handle: bool = True, queues: tuple[str, ...] = ()) -> Path:
    """A desk of Mondays to Fridays, 9 to 17 o'clock, with lunch from 12 to 13 on Fridays; the last queue until 15."""
    rng = np.random.default_rng(2)
    starts = pd.date_range("2026-01-05", periods=28 * 48, freq="30min")
    starts = starts[(starts.hour >= 9) & (starts.hour < 17) & (starts.day_of_week < 5)]
    starts = starts[~((starts.day_of_week == 4) & (starts.hour == 12))]
    frame = pd.DataFrame({"Start": starts, "Offered": rng.poisson(20, len(starts))})
    if handle:
        frame["AHT"] = 230
    tables = [frame.assign(Queue=name) for name in queues] or [frame]
    if len(tables) > 1:
        tables[-1] = tables[-1][tables[-1]["Start"].dt.hour < 15]
    out = pd.concat(tables)
    out["Start"] = out["Start"].dt.strftime(form)
    out.to_csv(path, index=False)
    return path


def init(folder: Path, export: Path) -> tuple[str, dict[str, object], str]:
    """Return what is printed, the plan, and its text."""
    result = CliRunner().invoke(app, ["init", str(folder), "--calls", str(export)])
    assert result.exit_code == 0, result.output
    text = (folder / "plan.toml").read_text(encoding="utf-8")
    return result.output, tomllib.loads(text), text


def test_hours_come_from_the_export_and_the_rest_is_asked(tmp_path: Path) -> None:
    printed, plan, text = init(tmp_path / "desk", desk(tmp_path / "us.csv"))
    hours = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday"), "09:00-17:00")
    closed = {"friday": "09:00-12:00, 13:00-17:00", "saturday": "closed", "sunday": "closed"}
    assert plan["opening"] == hours | closed
    assert [word for word in EXAMPLE if word in text] == []
    assert sorted(p.name for p in (tmp_path / "desk").iterdir()) == ["plan.toml", "us.csv"]
    for asked in ("zone", "country", "patience", "goal", "shrinkage", "wages", "staff", "shifts"):
        assert f"? {asked}: " in printed
    for key in ("zone", "country", "patience_s", "unplanned", "planned", "cost_h", "currency"):
        assert f"# ASKED: {key} =" in text
    assert f"Next: busyhour plan {tmp_path / 'desk'}" in printed


def test_what_is_next_can_be_pasted(tmp_path: Path) -> None:
    """A folder with a blank in its name is quoted."""
    printed, _, _ = init(tmp_path / "my desk", desk(tmp_path / "us.csv"))
    assert shlex.split(printed.rpartition("Next: ")[2]) == ["busyhour", "plan", str(tmp_path / "my desk")]


@pytest.mark.slow
def test_what_is_next_plans(tmp_path: Path) -> None:
    """The folder of an export that shows all it must show can be planned as it stands."""
    init(tmp_path / "desk", desk(tmp_path / "us.csv"))
    options = ["--time-limit", "5", "--gap", "0.3", "--quiet"]
    result = CliRunner().invoke(app, ["plan", str(tmp_path / "desk"), *options])
    assert result.exit_code in (0, 5), result.output


def test_what_must_be_written_first_is_said(tmp_path: Path) -> None:
    """Without handle times the message names the key; a file that cannot be read says so and makes no hours up."""
    printed, _, text = init(tmp_path / "a", desk(tmp_path / "us.csv", handle=False))
    assert "Next: write handle_s, the mean handle time in seconds, under [queue.calls]; then busyhour plan" in printed
    assert "# ASKED: handle_s =" in text
    (tmp_path / "odd.csv").write_text("when,how many\n2026-06-01 08:00,5\n", encoding="utf-8")
    printed, plan, _ = init(tmp_path / "b", tmp_path / "odd.csv")
    assert "Next: correct [intake]" in printed
    assert "opening" not in plan
    assert "? opening hours: " in printed


def test_a_handle_time_written_in_minutes_is_doubted(tmp_path: Path) -> None:
    """What is asked is doubted when it is written, as any figure of an export."""
    _, _, text = init(tmp_path / "desk", desk(tmp_path / "us.csv", handle=False))
    written = text.replace("# ASKED: handle_s =", "handle_s = 4 #")
    (tmp_path / "desk" / "plan.toml").write_text(written, encoding="utf-8")
    result = CliRunner().invoke(app, ["plan", str(tmp_path / "desk"), "--quiet"])
    assert result.exit_code == 3, result.output
    assert "queue.calls.handle_s" in result.output
    assert 'trust = ["handle_s"]' in result.output


def test_queues_and_their_hours_come_from_the_export(tmp_path: Path) -> None:
    export = desk(tmp_path / "q.csv", form="%Y-%m-%d %H:%M", queues=("Süd 1", "back"))
    _, plan, _ = init(tmp_path / "desk", export)
    queues = plan["queue"]
    assert isinstance(queues, dict)
    assert list(queues) == ["Süd 1", "back"]
    assert queues["back"]["opening"]["monday"] == "09:00-15:00"
    assert "opening" not in queues["Süd 1"]


@pytest.mark.parametrize(("numbers", "hours"), [(range(8, 18), "08:00-18:00"), (range(1, 25), "00:00-24:00")])
def test_a_desk_counted_by_the_hour_is_planned_by_the_hour(tmp_path: Path, numbers: range, hours: str) -> None:
    rows = [f"2026-01-{5 + d:02d},{h},20,240" for d in range(20) for h in numbers]
    (tmp_path / "h.csv").write_text("Date,Hour,Calls,AHT\n" + "\n".join(rows) + "\n", encoding="utf-8")
    printed, plan, _ = init(tmp_path / "desk", tmp_path / "h.csv")
    assert plan["site"]["interval_min"] == 60  # type: ignore[index]
    assert plan["opening"]["monday"] == hours  # type: ignore[index]
    assert "counts each hour" in printed


def test_a_german_export_with_points_for_thousands_is_read(tmp_path: Path) -> None:
    """1.143 calls are 1143, and the plan says so."""
    times = pd.date_range("2026-01-05 08:00", periods=20, freq="30min")
    calls = [766, 846, 925, 1143, 1034] * 4
    rows = [
        f"{t:%d.%m.%Y;%H:%M};{n if n < 1000 else f'{n // 1000}.{n % 1000:03d}'};0:04:27"
        for t, n in zip(times, calls, strict=True)
    ]
    (tmp_path / "a.csv").write_text("Datum;Zeit;Anrufe;AHT\n" + "\n".join(rows) + "\n", encoding="utf-8")
    printed, plan, _ = init(tmp_path / "desk", tmp_path / "a.csv")
    assert plan["intake"]["thousands"] == "."  # type: ignore[index]
    assert "1.143 is 1143" in printed
