"""Calls of several vendors: one file each, several, or all in one."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from vendor_desk import calls_of, write_vendors

from busyhour.app.config.contract_toml import ContractFile
from busyhour.app.contracts.vendor_calls import VendorCalls, read_vendor_calls, vendor_of
from busyhour.forecast.errors import InputError

DAYS = pd.bdate_range("2026-09-07", periods=4)


def read(folder: Path) -> VendorCalls:
    return read_vendor_calls(folder, ContractFile.read(folder))


@pytest.mark.parametrize(
    ("name", "vendor"),
    [
        ("north.csv", "north"), ("north_2026-10.csv", "north"), ("north 2026-W41.xlsx", "north"),
        ("north_2026Q3.csv.gz", "north"), ("north-2026-10-05.csv", "north"), ("site_2.csv", "site_2"),
        ("north_east.csv", "north_east"), ("2026.csv", "2026"),
    ],
)  # fmt: skip
def test_names_of_files_tell_vendors(name: str, vendor: str) -> None:
    """A time at the end is no part of the vendor's name; any other ending is."""
    assert vendor_of(name) == vendor


def test_months_of_one_vendor_are_read_together(tmp_path: Path) -> None:
    """Several files of a vendor are one history."""
    folder = write_vendors(tmp_path / "desk", days=4)
    later = pd.bdate_range("2026-10-05", periods=3)
    calls_of(0.8, later, 1).to_csv(folder / "calls" / "north_2026-10.csv", index=False)
    found = read(folder)
    assert set(found.calls) == {"north", "south", "east"}
    assert found.names["north"] == ("north.csv", "north_2026-10.csv")
    assert len(found.calls["north"]) == 3 * 7


def test_one_file_with_a_column_of_vendors(tmp_path: Path) -> None:
    """calls.csv tells the same as a file for each."""
    folder = write_vendors(tmp_path / "desk", days=4)
    apart = read(folder)
    parts = [pd.read_csv(p).assign(vendor=p.stem) for p in sorted((folder / "calls").iterdir())]
    for path in (folder / "calls").iterdir():
        path.unlink()
    (folder / "calls").rmdir()
    pd.concat(parts).to_csv(folder / "calls.csv", index=False, sep=";")
    together = read(folder)
    assert set(together.calls) == set(apart.calls)
    for vendor, calls in together.calls.items():
        assert calls["offered"].tolist() == apart.calls[vendor]["offered"].tolist()
        assert not [note for note in together.notes if "filter" in note]


def test_calls_in_two_places_and_blank_vendors_are_refused(tmp_path: Path) -> None:
    """One place holds the calls, and every row has a vendor."""
    folder = write_vendors(tmp_path / "desk", days=4)
    table = calls_of(0.8, DAYS, 1)
    table.assign(vendor="north").to_csv(folder / "calls.csv", index=False)
    with pytest.raises(InputError, match="calls lie in"):
        read(folder)
    for path in (folder / "calls").iterdir():
        path.unlink()
    (folder / "calls").rmdir()
    table.assign(vendor=["north", ""] * (len(table) // 2)).to_csv(folder / "calls.csv", index=False)
    with pytest.raises(InputError, match=r"row 3.*blank"):
        read(folder)
    table.to_csv(folder / "calls.csv", index=False)
    with pytest.raises(InputError, match="'vendor' is missing"):
        read(folder)


def test_vendors_that_look_alike_are_refused(tmp_path: Path) -> None:
    """North and north are one vendor written in two ways."""
    folder = write_vendors(tmp_path / "desk", shares={"north": 0.8}, days=4)
    parts = [calls_of(0.8, DAYS, 1).assign(vendor=v) for v in ("north", "North")]
    (folder / "calls" / "north.csv").unlink()
    (folder / "calls").rmdir()
    pd.concat(parts).to_csv(folder / "calls.csv", index=False)
    with pytest.raises(InputError, match="look alike"):
        read(folder)


def test_an_empty_folder_of_calls_is_refused(tmp_path: Path) -> None:
    """A folder without any file of calls is a mistake; no folder at all is a note."""
    folder = write_vendors(tmp_path / "desk", shares={"north": 0.8}, days=4)
    (folder / "calls" / "north.csv").unlink()
    with pytest.raises(InputError, match="no file of calls"):
        read(folder)
    (folder / "calls").rmdir()
    assert "no calls" in read(folder).notes[0]
