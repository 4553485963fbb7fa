"""Files of inboxes that fit no site, and sites that are gone, are named on screen, page and in the summary."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_batch import Quick, drive, make


def notes(path: Path) -> list[str]:
    """Run the batch and return what it left aside, as programs read it."""
    ended = drive(path, new=True)
    told = json.loads((ended.page.parent / "summary.json").read_text(encoding="utf-8"))["notes"]
    page = ended.page.read_text(encoding="utf-8")
    assert all(note.split(" (")[0] in page for note in told)
    assert told == list(ended.status.notes)
    return list(told)


@pytest.mark.slow
def test_files_that_no_site_takes_are_named_with_the_reason(tmp_path: Path, quick: Callable[..., Quick]) -> None:
    quick()
    path = make(tmp_path / "b", weeks=1)
    inbox = path.parent / "inbox"
    assert notes(path) == []  # the notes for people that `init` writes are no exports
    (inbox / "soth").mkdir()
    (inbox / "soth" / "monday.csv").write_text("x\n", encoding="utf-8")
    (inbox / "north" / "monday.xlsx").write_bytes(b"x")
    assert notes(path) == [
        'no site takes 2 files of the inboxes: inbox/north/monday.xlsx (inbox = "inbox/{site}/*.csv"), '
        "inbox/soth/monday.csv (no site soth; is it south?)"
    ]
    for i in range(6):
        (inbox / "soth" / f"{i}.csv").write_text("x\n", encoding="utf-8")
    assert notes(path)[0].endswith(" and 3 more")
    assert drive(path, new=True, only="north").status.notes == []  # the files may be of the other sites


def test_a_site_whose_folder_is_gone_is_named_once(tmp_path: Path, quick: Callable[..., Quick]) -> None:
    quick()
    path = make(tmp_path / "b", weeks=1)
    notes(path)
    shutil.rmtree(path.parent / "sites" / "south")
    assert notes(path) == ["1 site of the batch before can no longer be found by [batch] sites: south"]
    assert notes(path) == []
