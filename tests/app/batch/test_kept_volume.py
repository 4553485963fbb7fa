"""What the store keeps of a forecast is the same, whether its table is read quickly or as any other."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from busyhour.app.batch import kept_volume as reading
from busyhour.app.batch.kept_volume import VOLUME, kept_volume
from busyhour.app.files import write_csv
from busyhour.forecast.errors import InputError

ZONE = "Europe/Berlin"


def written(place: Path, **columns: object) -> Path:
    """Write a forecast over a night in which the clock changes; return its folder."""
    start = pd.date_range("2026-10-25", periods=10, freq="30min", tz=ZONE)
    volume: dict[str, object] = {"queue": "calls", "start": start, "calls": 5.25, "handle_s": None, "patience_s": 120.0,
              "q0.1": 3.0, "q0.9": 8.0, "model": "factor", "model_calls": 5.0}  # fmt: skip
    write_csv(place / VOLUME, pd.DataFrame({**volume, **columns}, index=range(len(start))))
    return place


def slowly(place: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """Read the table as any other."""
    with monkeypatch.context() as patch:
        patch.setattr(reading, "_as_written", lambda *_: None)
        return kept_volume(place, ZONE)


def test_both_ways_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values, types, index and order of columns; both passages of the hour that comes twice."""
    place = written(tmp_path)
    pd.testing.assert_frame_equal(kept_volume(place, ZONE), slowly(place, monkeypatch))
    monkeypatch.setattr(reading, "read_csv", lambda *_, **__: pytest.fail("this one is plain"))
    assert kept_volume(place, ZONE)["start"].is_unique


@pytest.mark.parametrize(
    ("columns", "why"),
    [({"calls": -1.0}, "below 0"), ({"calls": None}, "blank"), ({"queue": "a\u202eb"}, "text holds"),
     ({"start": "2026-10-25T00:00:00.00"}, ""), ({"queue": "=a"}, ""), ({"model": ""}, "")],
)  # fmt: skip
def test_whatever_is_odd_is_read_as_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: dict[str, object], why: str
) -> None:
    """And refused as there where it must not be."""
    place = written(tmp_path, **columns)
    if why:
        with pytest.raises(InputError, match=why):
            kept_volume(place, ZONE)
    else:
        pd.testing.assert_frame_equal(kept_volume(place, ZONE), slowly(place, monkeypatch))
