"""Ready layouts of common systems and layouts that a planner maps."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from pydantic import TypeAdapter, ValidationError

from busyhour.app.intake.mapping import OURS, Intake, preset_about, preset_names
from busyhour.app.intake.read import read_calls
from busyhour.forecast.errors import InputError


def read(
    folder: Path,
    text: str,
    intake: Intake,
    *,
    zone: str | None = "America/New_York",
    queues: tuple[str, ...] = (),
    encoding: str = "utf-8",
):  # type: ignore[no-untyped-def]
    (folder / "calls.csv").write_text(text, encoding=encoding, newline="")
    return read_calls(folder, intake, zone=zone, interval_min=30, queues=queues)


def test_avaya_cms_totals_become_means(tmp_path: Path) -> None:
    text = (
        "\ufeffrow_date,starttime,intrvl,acd,split,callsoffered,acdcalls,abncalls,acceptable,slvlabns,acdtime,holdtime,acwtime,anstime,servicelevel\n"
        "2026-06-01,930,30,1,41,20,16,4,12,1,1600,160,320,320,20\n"
        "2026-06-01,1000,30,1,41,3,0,3,0,0,0,0,0,0,20\n"
    )
    calls, quality = read(tmp_path, text, Intake(preset="avaya_cms", queue_names={"41": "sales"}), queues=("sales",))
    first = calls.iloc[0]
    assert first["start"] == pd.Timestamp("2026-06-01 09:30", tz="America/New_York")
    assert first[["offered", "answered", "abandoned", "answered_in", "abandoned_in", "within_s"]].tolist() == [
        20,
        16,
        4,
        12,
        1,
        20,
    ]
    assert first["handle_s"] == (1600 + 160 + 320) / 16
    assert first["wait_s"] == 20
    assert pd.isna(calls["handle_s"].iloc[1]), "no call answered, no mean"
    assert quality.empty


def test_cisco_offered_is_answered_and_both_router_abandons(tmp_path: Path) -> None:
    text = (
        "DateTime,TimeZone,CallTypeID,CallsOffered,CallsAnswered,CallsHandled,RouterCallsAbandQ,RouterCallsAbandToAgent,"
        "ShortCalls,ServiceLevelCalls,ServiceLevelAband,HandledCallsTime,AnswerWaitTime\n"
        "2026-06-01 09:30:00.000,300,5001,90,80,80,12,3,2,60,5,16000,NULL\n"
    )
    row = read(tmp_path, text, Intake(preset="cisco_ucce_call_type"))[0].iloc[0]
    assert row["offered"] == 95, "the column CallsOffered leaves out abandons here"
    assert row["abandoned"] == 15
    assert row["handle_s"] == 200
    assert pd.isna(row["wait_s"])


def test_cisco_skill_groups_without_router_columns_fall_back(tmp_path: Path) -> None:
    text = "DateTime,SkillTargetID,CallsOffered,CallsAnswered,CallsHandled,HandledCallsTime\n"
    text += "2026-06-01 09:30,7,90,80,80,16000\n"
    row = read(tmp_path, text, Intake(preset="cisco_ucce_skill_group"))[0].iloc[0]
    assert (row["queue"], row["offered"], row["answered"]) == ("7", 90, 80)


def test_genesys_history_adds_up_languages_and_keeps_voice_only(tmp_path: Path) -> None:
    text = (
        "Interval Start UTC Date,Queue,Media Type,Skill Set,Language,Offered,"
        "Interactions Handled,Total Handle Time (Seconds)\n"
        "2026-06-01T13:30:00Z,Desk,Voice,a|||b,Spanish,10,8,800\n"
        "2026-06-01T13:30:00Z,Desk,Voice,a,English,20,12,3600\n"
        "2026-06-01T13:30:00Z,Desk,Chat,a,English,99,99,9999\n"
    )
    calls, quality = read(tmp_path, text, Intake(preset="genesys_cloud_history"))
    row = calls.iloc[0]
    assert len(calls) == 1
    assert row["start"] == pd.Timestamp("2026-06-01 09:30", tz="America/New_York")
    assert (row["offered"], row["answered"], row["handle_s"]) == (30, 20, 220.0)
    assert quality["kind"].tolist() == ["dropped"]


def test_genesys_performance_is_in_milliseconds_and_marks_the_running_interval(tmp_path: Path) -> None:
    text = (
        "Interval Start,Interval End,Interval Complete,Filters,Media Type,Queue Id,Queue Name,"
        "Offer,Answer,Abandon,Avg Handle,ASA\n"
        "2026-06-01 09:30,2026-06-01 10:00,true,,voice,x1,Desk,20,18,2,180500,12000\n"
        "2026-06-01 10:00,2026-06-01 10:30,false,,voice,x1,Desk,2,2,0,170000,3000\n"
    )
    calls, quality = read(tmp_path, text, Intake(preset="genesys_cloud_performance"))
    assert calls["handle_s"].tolist() == [180.5, 170.0]
    assert calls["wait_s"].tolist() == [12, 3]
    assert calls["complete"].tolist() == [1, 0]
    assert quality["kind"].tolist() == ["incomplete"]


def test_amazon_connect_with_epoch_starts(tmp_path: Path) -> None:
    text = "QUEUE,START_TIME,CONTACTS_QUEUED,CONTACTS_HANDLED,CONTACTS_ABANDONED,HANDLE_TIME\n"
    text += "Desk,1780320600,20,18,2,200\n"
    row = read(tmp_path, text, Intake(preset="amazon_connect", date_format="epoch_s"))[0].iloc[0]
    assert row["start"] == pd.Timestamp("2026-06-01 09:30", tz="America/New_York")
    assert (row["offered"], row["handle_s"]) == (20, 200)


def test_nice_iex_is_pipe_delimited_with_its_own_dates(tmp_path: Path) -> None:
    text = (
        "#fields:date|period|TZ|ctName|received|handledBefore|handledAfter|abandonedBefore|abandonedAfter|AHT\n"
        "06012026|09:30|America/New_York|Desk|20|12|4|1|3|210\n"
    )
    row = read(tmp_path, text, Intake(preset="nice_iex"))[0].iloc[0]
    assert row["start"] == pd.Timestamp("2026-06-01 09:30", tz="America/New_York")
    assert row[["offered", "answered", "abandoned", "answered_in", "abandoned_in", "handle_s"]].tolist() == [
        20,
        16,
        4,
        12,
        1,
        210,
    ]


def test_own_keys_override_the_preset(tmp_path: Path) -> None:
    text = "row_date,starttime,split,callsoffered,talk\n01/06/2026,930,41,20,3000\n"
    intake = Intake(preset="avaya_cms", date_format="%d/%m/%Y", columns={"handle_s": "talk"}, totals=("handle_s",))
    row = read(tmp_path, text, intake)[0].iloc[0]
    assert row["start"].month == 6
    assert row["handle_s"] == 150


def test_a_column_that_the_planner_names_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"column 'callsofered' for offered is not in the file .* Did you mean 'callsoffered'\?"
    ):
        read(
            tmp_path,
            "row_date,starttime,split,callsoffered\n2026-06-01,930,41,20\n",
            Intake(preset="avaya_cms", columns={"offered": "callsofered"}),
        )


def test_a_german_spreadsheet_export(tmp_path: Path) -> None:
    text = 'Bericht;;;\r\nDatum;Zeit;"Anrufe, gesamt";Bearbeitung\r\n'
    text += "01.06.2026;09:30-10:00;1.234;180,5\r\n02.06.2026;10:00-10:30;12;200,25\r\n"
    intake = Intake(
        encoding="cp1252",
        decimal=",",
        header_row=2,
        date_column="Datum",
        time_column="Zeit",
        date_format="%d.%m.%Y",
        columns={"offered": "Anrufe, gesamt", "handle_s": "Bearbeitung"},
    )
    calls, _ = read(tmp_path, text, intake, encoding="cp1252")
    assert calls["offered"].tolist() == [1234, 12]
    assert calls["handle_s"].tolist() == [180.5, 200.25]
    assert calls["start"].iloc[0] == pd.Timestamp("2026-06-01 09:30", tz="America/New_York")


def test_a_point_is_not_taken_for_a_decimal_comma(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"row 2, column offered: not a number \(got '12.5'\)\. Set decimal = \"\.\""):
        read(tmp_path, "start;offered\n2026-06-01 09:30;12.5\n", Intake(decimal=","))


def test_a_file_without_header_is_mapped_by_number(tmp_path: Path) -> None:
    text = "30;20260601;09:30;7;Desk;20;18\n30;20260601;10:00;7;Desk;22;19\n"
    intake = Intake(
        header=False,
        date_column="2",
        time_column="3",
        date_format="%Y%m%d",
        columns={"queue": "5", "offered": "6", "answered": "7"},
    )
    calls, _ = read(tmp_path, text, intake)
    assert calls["offered"].tolist() == [20, 22]
    with pytest.raises(InputError, match=r"row 2, column 6: not a number"):
        read(tmp_path, text.replace("22", "x"), intake)


def test_a_literal_fills_a_column(tmp_path: Path) -> None:
    calls, _ = read(tmp_path, "start,offered\n2026-06-01 09:30,5\n", Intake(columns={"within_s": "=20"}))
    assert calls["within_s"].tolist() == [20]


def test_rows_are_filtered_by_value_or_its_absence(tmp_path: Path) -> None:
    text = "start,kind,offered\n2026-06-01 09:30,Voice,5\n2026-06-01 10:00,chat,6\nTotal,,11\n"
    assert read(tmp_path, text, Intake(filter={"kind": "voice"}))[0]["offered"].tolist() == [5]
    assert read(tmp_path, text, Intake(filter={"start": "!total"}))[0]["offered"].tolist() == [5, 6]
    with pytest.raises(InputError, match=r"column of intake.filter is not in the file"):
        read(tmp_path, text, Intake(filter={"type": "voice"}))


def test_several_of_their_queues_make_one_of_ours_and_the_rest_is_dropped(tmp_path: Path) -> None:
    text = "queue,start,offered,answered,handle_s\n" + "".join(
        f"{q},2026-06-01 09:30,{n},{n},{h}\n" for q, n, h in (("1", 10, 100), ("2", 30, 200), ("3", 5, 50))
    )
    calls, quality = read(tmp_path, text, Intake(queue_names={"1": "desk", "2": "desk"}), queues=("desk",))
    assert calls[["queue", "offered", "handle_s"]].to_numpy().tolist() == [["desk", 40, 175.0]]
    assert "1 rows of queues not named (3)" in quality["what"].iloc[0]


def test_a_queue_name_must_be_one_of_the_plan(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"intake.queue_names: unknown queue \(got 'dsk'\). Did you mean 'desk'\?"):
        read(
            tmp_path, "queue,start,offered\n1,2026-06-01 09:30,1\n", Intake(queue_names={"1": "dsk"}), queues=("desk",)
        )


def test_an_unknown_part_keeps_the_sum_unknown(tmp_path: Path) -> None:
    text = "queue,start,offered\n1,2026-06-01 09:30,10\n2,2026-06-01 09:30,\n"
    assert read(tmp_path, text, Intake(queue_names={"1": "d", "2": "d"}))[0]["offered"].isna().all()


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"preset": "avaya"}, "unknown preset.*avaya_cms"),
        ({"columns": {"offerd": "x"}}, "Did you mean 'offered'?"),
        ({"totals": ("handl_s",)}, "Did you mean 'handle_s'?"),
        ({"units": {"handle": "ms"}}, "Did you mean 'handle_s'?"),
        ({"files": ()}, "no file"),
        ({"separator": ",,"}, "one character"),
        ({"interval_min": 7}, "does not divide"),
        ({"zone": "Mars"}, "unknown time zone"),
        ({"date_column": "d"}, "go together"),
        ({"header_row": 0}, "header_row >= 1"),
    ],
)
def test_wrong_keys_are_told(keys: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Intake(**keys)  # type: ignore[arg-type]


def test_the_config_refuses_unknown_keys_and_units() -> None:
    adapter = TypeAdapter(Intake)
    assert adapter.validate_python({"files": ["a.csv"], "units": {"handle_s": "ms"}}).files == ("a.csv",)
    for wrong in ({"fils": ["a.csv"]}, {"units": {"handle_s": "hours"}}):
        with pytest.raises(ValidationError):
            adapter.validate_python(wrong)


def test_an_export_with_a_zone_needs_a_site_with_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"intake.zone: the export has a zone but the site has none"):
        read(tmp_path, "start,offered\n2026-06-01 09:30,1\n", Intake(zone="UTC"), zone=None)


@pytest.mark.parametrize("name", preset_names())
def test_presets_resolve_to_known_columns(name: str) -> None:
    layout = Intake(preset=name).resolved()
    assert {"queue", "offered"} <= set(layout.columns) <= set(OURS)
    assert preset_about(name)
