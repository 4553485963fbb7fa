"""What a row is: a call, an event of a call, a day of a matrix, a day's total; and what no row means."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from busyhour.app.export_plan import plan_of_export
from busyhour.app.inputs.inputs import Inputs
from busyhour.app.intake.guess import guess
from busyhour.app.intake.mapping import Intake
from busyhour.app.intake.read import read_calls
from busyhour.forecast.errors import InputError

DAYS = pd.bdate_range("2026-01-05", periods=12)
SLOTS = [f"{h:02d}:{m:02d}" for h in range(9, 12) for m in (0, 30)]
COUNTS = np.arange(len(DAYS) * len(SLOTS)).reshape(len(DAYS), len(SLOTS)) % 23 + 3


def read(path: Path, zone: str | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    return read_calls(path.parent, guess(path).intake, zone=zone, interval_min=30, queues=())


def test_a_log_of_calls_is_counted_per_interval(tmp_path: Path) -> None:
    rows = ["2026-01-05 09:00:17,a,20,200,ANSWERED", "2026-01-05 09:12:40,a,60,0,NO ANSWER",
            "2026-01-05 09:29:59,a,10,300,ANSWERED", "2026-01-05 09:30:01,a,30,100,ANSWERED",
            "2026-01-05 10:10:03,a,5,150,ANSWERED"]  # fmt: skip
    (tmp_path / "cdr.csv").write_text("calldate,queue,wait,billsec,disposition\n" + "\n".join(rows), encoding="utf-8")
    assert guess(tmp_path / "cdr.csv").intake.one_row == "call"
    calls, notes = read(tmp_path / "cdr.csv")
    assert calls["start"].dt.strftime("%H:%M").tolist() == ["09:00", "09:30", "10:00"]
    assert calls[["offered", "answered", "abandoned"]].to_numpy().tolist() == [[3, 2, 1], [1, 1, 0], [1, 1, 0]]
    assert calls["handle_s"].tolist() == [250, 100, 150]
    assert calls["wait_s"].tolist() == [15, 30, 5]
    assert "calls" in set(notes["kind"])


def test_a_word_that_tells_no_outcome_is_an_error(tmp_path: Path) -> None:
    text = "start,answered\n2026-01-05 09:00:17,ANSWERED\n2026-01-05 09:01:18,VOICEMAIL?\n"
    (tmp_path / "c.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"row 3, column answered: neither answered nor abandoned.*filter"):
        read_calls(tmp_path, Intake(files=("c.csv",), one_row="call"), zone=None, interval_min=30, queues=())


def test_a_log_of_calls_without_the_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("start,offered\n2026-01-05 09:00:17,1\n2026-01-05 09:30:12,1\n", encoding="utf-8")
    with pytest.raises(InputError, match='one_row = "call"'):
        read_calls(tmp_path, Intake(files=("c.csv",)), zone=None, interval_min=30, queues=())


def test_the_same_call_in_two_files_counts_once(tmp_path: Path) -> None:
    one, two = "2026-01-05 09:00:17,100\n", "2026-01-05 09:05:00,120\n"
    for name, rows in (("a", one + one + two), ("b", two + "2026-01-05 09:07:00,90\n")):
        (tmp_path / f"{name}.csv").write_text("start,talk_s\n" + rows, encoding="utf-8")
    calls, _ = read_calls(tmp_path, Intake(files=("*.csv",), one_row="call"), zone=None, interval_min=30, queues=())
    assert calls["offered"].tolist() == [4]  # two callers of one second are two


def test_both_directions_in_one_log_leave_the_inbound(tmp_path: Path) -> None:
    rows = [f"01/05/2026 09:{k:02d}:13,{'Inbound' if k % 3 else 'Outbound'},100" for k in range(30)]
    (tmp_path / "c.csv").write_text("Created at,Direction,Talk time\n" + "\n".join(rows), encoding="utf-8")
    intake = guess(tmp_path / "c.csv").intake
    assert intake.filter == {"Direction": "Inbound"}


def test_a_queue_log_is_calls(tmp_path: Path) -> None:
    begin = 1767600000  # 2026-01-05 08:00 UTC
    events = [
        (0, "9.1", "a", "CONNECT|5|x|1"),  # came before the log begins
        (17, "1.1", "a", "ENTERQUEUE||1|1"), (30, "1.1", "a", "CONNECT|13|1.1|2"),
        (40, "1.2", "a", "CONNECT|0|1.2|2"), (40, "1.2", "a", "ENTERQUEUE||1|1"),  # one second in any order
        (90, "1.3", "b", "ENTERQUEUE||1|1"), (130, "1.3", "b", "ABANDON|1|1|40"),
        (230, "1.1", "a", "COMPLETECALLER|13|200|1"), (240, "1.2", "a", "COMPLETEAGENT|0|200|1"),
        (1900, "1.4", "a", "ENTERQUEUE||1|1"),  # still runs
    ]  # fmt: skip
    lines = [f"{begin + at}|{call}|{queue}|NONE|{event}" for at, call, queue, event in events]
    path = tmp_path / "queue_log"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert guess(path).intake.preset == "asterisk_queue_log"
    calls, notes = read(path, zone="UTC")
    a = calls[calls["queue"] == "a"]
    assert a["offered"].tolist() == [2, 1]
    assert a["answered"].iloc[0] == 2
    assert np.isnan(a["answered"].iloc[1])
    assert a["handle_s"].iloc[0] == 200
    assert a["wait_s"].iloc[0] == 6.5
    assert calls.loc[calls["queue"] == "b", "abandoned"].tolist() == [1]
    assert any("before the log begins" in what for what in notes["what"])
    plan = plan_of_export(path, guess(path))
    assert plan.first.startswith("write zone in [site]")
    assert "\n[opening]" not in plan.text


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d.%m.%Y"])
def test_matrices_are_read_either_way(tmp_path: Path, turned: bool, form: str) -> None:
    table = pd.DataFrame(COUNTS, index=DAYS.strftime(form), columns=SLOTS)
    table["Total"] = table.sum(axis=1)
    table.loc["Total"] = table.sum()
    text = (table.T if turned else table).to_csv(sep=";", index_label="Interval" if turned else "Date")
    (tmp_path / "m.csv").write_text(text, encoding="utf-8")
    assert guess(tmp_path / "m.csv").intake.one_row == ("time" if turned else "day")
    calls, _ = read(tmp_path / "m.csv")
    assert calls["offered"].tolist() == COUNTS.ravel().tolist()
    assert calls["start"].iloc[7] == DAYS[1] + pd.Timedelta("09:30:00")


def test_an_error_in_a_matrix_names_the_row_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("Date,09:00,09:30,10:00\n2026-01-05,1,2,3\n2026-01-06,4,x,6\n", encoding="utf-8")
    with pytest.raises(InputError, match="row 3, column offered: not a number"):
        read(tmp_path / "m.csv")


def totals(folder: Path) -> Path:
    rows = [f"{day:%Y-%m-%d},{100 + k}" for k, day in enumerate(DAYS)]
    (folder / "c.csv").write_text("start,offered\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return folder / "c.csv"


def test_day_totals_need_a_shape(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"totals of whole days show no time of day.*day_shape"):
        read(totals(tmp_path))


@pytest.mark.parametrize(
    "shape",
    [
        "time,share\n09:00,50%\n09:30,30%\n10:00,20%\n",
        "start,offered\n" + "".join(f"2025-12-{d:02d} 09:{m},{n}\n2025-12-{d:02d} 10:00,20\n"
                                    for d in range(1, 6) for m, n in (("00", 50),))
        + "".join(f"2025-12-{d:02d} 09:30,30\n" for d in range(1, 6)),
    ],
)  # fmt: skip
def test_day_totals_are_spread_by_a_given_or_a_learnt_shape(tmp_path: Path, shape: str) -> None:
    totals(tmp_path)
    (tmp_path / "shape.csv").write_text(shape, encoding="utf-8")
    calls, notes = read_calls(
        tmp_path, Intake(files=("c.csv",), day_shape="shape.csv"), zone="Europe/Berlin", interval_min=30, queues=()
    )
    assert calls.loc[calls["offered"] > 0, "offered"].tolist()[:3] == [50, 30, 20]
    assert len(calls) == len(DAYS) * 48
    assert calls.groupby(calls["start"].dt.date)["offered"].sum().tolist() == [100 + k for k in range(len(DAYS))]
    assert (calls["offered"] % 1 == 0).all()
    assert "spread" in set(notes["kind"])


def test_a_weekday_that_the_shape_lacks_is_an_error(tmp_path: Path) -> None:
    totals(tmp_path)
    (tmp_path / "shape.csv").write_text("weekday,time,share\nmonday,09:00,1\n", encoding="utf-8")
    intake = Intake(files=("c.csv",), day_shape="shape.csv")
    with pytest.raises(InputError, match="row 3, column start: calls on a tuesday"):
        read_calls(tmp_path, intake, zone=None, interval_min=30, queues=())


def test_totals_of_weeks_are_refused(tmp_path: Path) -> None:
    rows = [f"{day:%Y-%m-%d},700" for day in pd.date_range("2025-01-06", periods=30, freq="7D")]
    (tmp_path / "c.csv").write_text("start,offered\n" + "\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="totals of weeks or months"):
        read_calls(tmp_path, Intake(files=("c.csv",), day_shape="c.csv"), zone=None, interval_min=30, queues=())


def sparse(folder: Path) -> pd.Series:
    """A small desk's half-hours with calls, and no row where none came."""
    days = pd.bdate_range("2026-01-05", periods=40)
    times = pd.DatetimeIndex([day + pd.Timedelta(minutes=480 + 30 * k) for day in days for k in range(20)])
    calls = pd.Series(np.random.default_rng(1).poisson(0.8, len(times)), index=times)
    shown = calls[calls > 0].rename("offered").rename_axis("start")
    shown.to_csv(folder / "c.csv")
    return calls


def test_rows_left_out_for_zeros_are_zeros_and_told(tmp_path: Path) -> None:
    made = sparse(tmp_path)
    calls, notes = read(tmp_path / "c.csv")
    assert calls.set_index("start")["offered"].tolist() == made.tolist()
    assert (notes["kind"] == "zeros").sum() == 1
    known, _ = read_calls(tmp_path, Intake(files=("c.csv",), no_row="unknown"), zone=None, interval_min=30, queues=())
    assert len(known) == (made > 0).sum()


def test_a_day_that_is_missing_is_unknown_and_not_zero(tmp_path: Path) -> None:
    sparse(tmp_path)
    table = pd.read_csv(tmp_path / "c.csv")
    table[~table["start"].str.startswith("2026-01-14")].to_csv(tmp_path / "c.csv", index=False)
    calls, _ = read_calls(tmp_path, Intake(files=("c.csv",), no_row="zero"), zone=None, interval_min=30, queues=())
    assert not (calls["start"].dt.date == pd.Timestamp("2026-01-14").date()).any()


def test_hours_that_became_longer_of_late_are_found_and_asked(tmp_path: Path) -> None:
    days = pd.bdate_range("2025-12-01", "2026-03-13")
    rows = [f"{day:%Y-%m-%d} {h:02d}:{m},{9 + h % 5}" for day in days
            for h in range(8, 21 if day >= pd.Timestamp("2026-02-16") else 18) for m in ("00", "30")]  # fmt: skip
    (tmp_path / "c.csv").write_text("start,offered\n" + "\n".join(rows) + "\n", encoding="utf-8")
    plan = plan_of_export(tmp_path / "c.csv", guess(tmp_path / "c.csv"))
    assert 'monday = "08:00-21:00"' in plan.text
    assert any("since 2026-02-16" in line and "none before" in line for line in plan.asked)


def test_a_run_reads_the_shape_beside_its_plan(tmp_path: Path) -> None:
    totals(tmp_path)
    (tmp_path / "shape.csv").write_text("time,share\n09:00,1\n10:00,1\n", encoding="utf-8")
    (tmp_path / "plan.toml").write_text(
        '[intake]\nfiles = ["c.csv"]\nday_shape = "shape.csv"\n[queue.calls]\nhandle_s = 240\n'
        "[queue.calls.goal]\nlevel = 0.8\nwithin_s = 20\n"
        '[opening]\nmonday = "09:00-11:00"\n[shift.a]\npaid_min = 120\nstart_from = "09:00"\nstart_to = "09:00"\n',
        encoding="utf-8",
    )
    inputs = Inputs.from_folder(tmp_path)
    assert inputs.calls is not None
    assert inputs.calls["offered"].sum() == sum(100 + k for k in range(len(DAYS)))
    assert "shape.csv" in inputs.files
