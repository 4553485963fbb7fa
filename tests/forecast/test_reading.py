"""The boundary between files and everything else: whatever is wrong with a file is one clear error."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from busyhour.forecast import reading as boundary
from busyhour.forecast.errors import MOST_SHOWN, InputError
from busyhour.forecast.reading import WRONG, file_bytes, json_of, reading, wrong_tables
from busyhour.forecast.tables import read_text_csv


def made(kind: type[BaseException]) -> BaseException:
    """Return an exception of that class as a library raises it."""
    if issubclass(kind, UnicodeDecodeError):
        return UnicodeDecodeError("utf-8", b"a\nb\xff", 3, 4, "invalid start byte")
    if kind.__name__ == "JSONDecodeError":
        return kind("Expecting value", "{", 1)
    return kind("the library's words")


@pytest.mark.parametrize("kind", [kind for kind, _, _ in (*wrong_tables(), *WRONG)], ids=lambda kind: kind.__name__)
def test_whatever_a_library_raises_names_the_file_and_the_mend(kind: type[BaseException]) -> None:
    with pytest.raises(InputError, match=r"^calls\.csv(, row \d+)?: .*\. \S.*\.$") as told, reading("calls.csv"):
        raise made(kind)
    assert told.value.mend


def test_faults_of_our_own_pass_the_boundary() -> None:
    with pytest.raises(KeyError), reading("calls.csv"):
        raise KeyError("ours")
    with pytest.raises(InputError, match=r"^ours\.$"), reading("calls.csv"):
        raise InputError("ours")


TABLES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "file is empty"),
    "blank lines": (b"\n\n\n", "file is empty"),
    "NUL": (b"a,b\n1,2\n1,\0\n", "row 3: not UTF-8 text: it holds NUL"),
    "UTF-16 without a mark": ("a,b\n1,2\n".encode("utf-16-le"), "not UTF-8 text"),
    "two encodings": (b"a,b\n\xc3\xb6,\xf6\n", "row 2: not UTF-8 text"),
    "a quote never closed": (b'a,b\n1,2\n"3,4\n5,6\n', "row 3: not a rectangular CSV (a quote is never closed)"),
    "too many cells": (b"a,b\n1,2\n1,2,3\n", "row 3: not a rectangular CSV"),
    "too many cells at once": (b"a,b\n1,2,3\n1,2,3\n", "rows have more cells than the header"),
    "broken off": (b"a,b,c\n1,2,3\n1,2", "row 3: file breaks off in its last row"),
    "a column twice": (b"a,b,a\n1,2,3\n", "row 1: column twice (got 'a')"),
    "a header like a book": (b"a" * 140_000 + b",b\n1,2\n", "131,072 characters"),
    "a hundred thousand columns": (b",".join([b"a"] * 100_000) + b"\n1\n", "more than 16384 columns"),
    "semicolons": (b"a;b\n1;2\n", "columns are separated by semicolons"),
}


@pytest.mark.parametrize("case", TABLES)
def test_a_table_that_is_none_is_one_clear_error(case: str, tmp_path: Path) -> None:
    raw, told = TABLES[case]
    path = tmp_path / "leave.csv"
    path.write_bytes(raw)
    with pytest.raises(InputError) as error:
        read_text_csv(path)
    assert str(error.value).startswith("leave.csv")
    assert told in str(error.value)
    assert len(str(error.value)) < 4 * MOST_SHOWN


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_of_all_systems_and_marks_are_read_alike(end: bytes, mark: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(mark + end.join((b"a,b", b"1,2", b"3,4", b"")))
    assert read_text_csv(path).to_dict("list") == {"a": ["1", "3"], "b": ["2", "4"]}


def test_a_long_cell_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n" + b"x" * 200_000 + b",2\n")
    assert read_text_csv(path)["a"].str.len().tolist() == [200_000]


FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda path: None, "file not found. Put x.csv into"),
    "folder": (lambda path: path.mkdir(), "this is a folder"),
    "broken link": (lambda path: path.symlink_to("nowhere"), "file not found"),
    "circle of links": (lambda path: path.symlink_to(path.name), "cannot be read"),
    "endless device": (lambda path: path.symlink_to("/dev/zero"), "not a plain file"),
    "pipe": (lambda path: os.mkfifo(path), "not a plain file"),
}


@pytest.mark.skipif(os.name == "nt", reason="pipes and devices as other systems have them")
@pytest.mark.parametrize("case", FILES)
def test_what_is_no_plain_file_is_refused_at_once(case: str, tmp_path: Path) -> None:
    make, told = FILES[case]
    path = tmp_path / "x.csv"
    make(path)
    with pytest.raises(InputError, match=f"^x.csv: {told}"):
        file_bytes(path)


def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"a\n")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(InputError, match="no permission"):
        file_bytes(path)


def test_packed_data_are_read_up_to_a_share_of_their_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundary, "HARMLESS_BYTES", 1_000_000)
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(b"0" * 3_000_000))
    with pytest.raises(InputError, match=r"^x\.csv\.gz: unpacks to more than 1 MB"):
        file_bytes(path)
    path.write_bytes(gzip.compress(b"0" * 900_000))
    assert len(file_bytes(path)) == 900_000


@pytest.mark.parametrize(
    "harm", [lambda raw: raw[:-9], lambda raw: raw[:20] + b"\xff" * 20 + raw[40:], lambda raw: b"x"]
)
def test_a_damaged_gzip_is_refused(harm: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = tmp_path / "x.csv.gz"
    path.write_bytes(harm(gzip.compress(os.urandom(2000))))
    with pytest.raises(InputError, match=r"^x\.csv\.gz: (not a whole gzip file|packed data are damaged)"):
        file_bytes(path)


@pytest.mark.parametrize(
    ("raw", "told"),
    [(b"", "not JSON"), (b"[1]", "not a JSON object"), (b"[" * 100_000, "nested too deep"), (b"\xff{}", "not UTF-8"),
     (b'{"a": ' + b"9" * 5000 + b"}", "cannot be read"), (b'{\n"a" 1}', "row 2: not JSON")],
)  # fmt: skip
def test_json_that_is_none_is_one_clear_error(raw: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    path.write_bytes(raw)
    with pytest.raises(InputError, match=rf"^summary\.json(, row \d+)?: .*{told.split(': ')[-1]}"):
        json_of(path)


def test_a_long_value_is_shown_in_part() -> None:
    assert len(str(InputError("wrong", column="x" * 10_000, value="y" * 10_000, mend="z" * 10_000))) < 5 * MOST_SHOWN


def test_pandas_names_of_twin_columns_never_stand_for_ours(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("agent,agent \nann,bob\n", encoding="utf-8")
    with pytest.raises(InputError, match="column twice"):
        read_text_csv(path)
    assert pd.read_csv(path).columns.tolist() == ["agent", "agent "]
