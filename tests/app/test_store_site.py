"""Which site of a store a planner's folder is."""

from __future__ import annotations

from pathlib import Path

import pytest

from busyhour.app.record import name_of
from busyhour.app.store.entries import site_id
from busyhour.app.store.open import Store, open_store
from busyhour.forecast.errors import InputError


def name(store: Store, folder: Path, told: str | None = None) -> str:
    with store.read() as c:
        return name_of(c, store, folder, told)


def test_a_folder_is_the_site_of_its_own_store_whatever_it_is_called_later(tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    with open_store("sqlite:///busyhour.db", base=tmp_path / "desk") as store, store.write() as c:
        assert name(store, tmp_path / "desk") == "desk"
        site_id(c, "desk", None)
    (tmp_path / "desk").rename(tmp_path / "lisbon")
    with open_store("sqlite:///busyhour.db", base=tmp_path / "lisbon") as store:
        assert name(store, tmp_path / "lisbon") == "desk"


def test_two_folders_of_one_name_are_never_one_site(tmp_path: Path) -> None:
    places = [tmp_path / town / "desk" for town in ("lisbon", "porto")]
    with open_store("sqlite:///shared.db", base=tmp_path) as store:
        for place in places:
            place.mkdir(parents=True)
            with pytest.raises(InputError, match=r'store.site: .*another site.*site = "desk"'):
                name(store, place)
            assert name(store, place, place.parent.name) == place.parent.name
