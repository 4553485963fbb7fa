"""batch.toml: strict, every key with its default, overrides by site."""

from __future__ import annotations

import datetime as dt
from importlib import resources
from pathlib import Path

import pytest

from busyhour.app.batch.config import BatchFile
from busyhour.app.batch.schema import BatchConfig, Override, SiteSettings
from busyhour.app.batch.sites import sites_of, weeks_of
from busyhour.forecast.errors import InputError

LEAST = '[batch]\nsites = ["sites/*"]\n'


def read(text: str) -> BatchConfig:
    return BatchFile.of(text.encode(), Path("batch.toml")).config


def folder(tmp_path: Path, text: str, *sites: str) -> BatchFile:
    for site in sites:
        (tmp_path / site).mkdir(parents=True)
    (tmp_path / "batch.toml").write_text(text, encoding="utf-8")
    return BatchFile.read(tmp_path / "batch.toml")


def test_defaults_are_those_of_the_starter() -> None:
    """What the starter shows as comments are the defaults."""
    starter = (resources.files("busyhour.app") / "starter_batch.toml").read_text(encoding="utf-8")
    shown = [line[2:] for line in starter.splitlines() if line.startswith("# ") and " = " in line.split("  ")[0]]
    assert len(shown) > 10
    told = read(LEAST).model_dump()
    flat = {key: value for table in told.values() if isinstance(table, dict) for key, value in table.items()}
    for line in shown:
        key = line.split(" = ")[0]
        if key in ("weeks", "command"):
            continue
        value = read(f"{LEAST}[{_table(told, key)}]\n{line}\n" if _table(told, key) != "batch" else LEAST + line)
        assert value.model_dump()[_table(told, key)][key] == flat[key], line


def _table(told: dict[str, dict[str, object]], key: str) -> str:
    return next(name for name, table in told.items() if key in table)


def test_overrides_name_keys_of_the_tables() -> None:
    """Every override is a setting of a site, of the same kind as in its table."""
    assert set(Override.model_fields) <= set(SiteSettings.model_fields)


def test_a_site_may_differ() -> None:
    """[site.NAME] lies over the tables."""
    config = read(LEAST + "weeks = 3\n[plan]\nwages = true\n[site.lisbon]\nweeks = 1\nwages = false\n")
    assert (config.of("lisbon").weeks, config.of("porto").weeks) == (1, 3)
    assert (config.of("lisbon").wages, config.of("porto").wages) == (False, True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[batch]\n", "sites"),
        ('[batch]\nsites = ["a"]\nweek = 2\n', "Did you mean 'weeks'"),
        (LEAST + "[plans]\n", "Did you mean 'plan'"),
        (LEAST + "weeks = true\n", "not a number"),
        (LEAST + "first = 1.5\n", "first"),
        (LEAST + '[record]\ninbox = "inbox/*.csv"\n', "{site}"),
        (LEAST + "[plan]\naccept = [0, 6]\n", "not a code of a plan"),
        (LEAST + "[plan]\nmax_changed = 10\n", "max_changed"),
        (LEAST + "[site.x]\nworkers = 2\n", "unknown key"),
        ('[batch]\nname = "a/b"\nsites = ["a"]\n', "unfit name"),
        ("[store]\n", "[batch] is missing"),
        ("[batch\n", "not TOML"),
    ],
)
def test_what_is_wrong_is_told(text: str, told: str) -> None:
    """One sentence names the key."""
    with pytest.raises(InputError) as error:
        read(text)
    assert told in str(error.value)
    assert "batch.toml" in str(error.value)


def test_globs_that_overlap_find_a_folder_once(tmp_path: Path) -> None:
    """However many globs match a folder, and through a link too, it is one site."""
    file = folder(tmp_path, '[batch]\nsites = ["sites/*", "sites/a*", "sites/ab", "more/*"]\n', "sites/ab", "sites/c")
    (tmp_path / "more").mkdir()
    (tmp_path / "sites" / "note.txt").write_text("x", encoding="utf-8")
    (tmp_path / "sites" / ".hidden").mkdir()
    assert [site.name for site in sites_of(file)] == ["ab", "c"]
    assert [site.name for site in sites_of(file, only="c*")] == ["c"]
    with pytest.raises(InputError, match="--only"):
        sites_of(file, only="x")


def test_the_folder_of_the_batch_may_be_a_site(tmp_path: Path) -> None:
    """A single site lies beside its batch.toml."""
    (site,) = sites_of(folder(tmp_path / "home", '[batch]\nsites = ["."]\n', "."))
    assert (site.name, site.fault) == ("home", None)


def test_two_folders_of_one_name_cost_that_name_only(tmp_path: Path) -> None:
    """Nobody guesses which of the two is the site."""
    file = folder(tmp_path, '[batch]\nsites = ["*/*"]\n', "a/lisbon", "b/Lisbon", "a/porto")
    lisbon, porto = sites_of(file)
    assert porto.fault is None
    assert "a/lisbon and b/Lisbon" in str(lisbon.fault)


def test_an_override_of_nobody_is_told(tmp_path: Path) -> None:
    """A misspelt [site.NAME] is a fault of that name."""
    file = folder(tmp_path, LEAST + "[site.lisbn]\nweeks = 2\n", "sites/lisbon")
    faults = {site.name: site.fault for site in sites_of(file)}
    assert faults["lisbon"] is None
    assert "site.lisbn" in str(faults["lisbn"])


def test_no_site_at_all_is_an_error(tmp_path: Path) -> None:
    """A batch without sites is a mistake in batch.toml."""
    with pytest.raises(InputError, match="no folder of a site"):
        sites_of(folder(tmp_path, LEAST))


@pytest.mark.parametrize(
    ("first", "as_of", "week"),
    [
        ("1", "2026-11-30", "2026-12-07"),  # a Monday: the week that begins that day is no whole week ahead
        ("1", "2026-12-06", "2026-12-07"),
        ("0", "2026-12-06", "2026-11-30"),
        ("2", "2026-12-02", "2026-12-14"),
        ("2026-12-14", "2026-12-02", "2026-12-14"),
    ],
)
def test_weeks_are_counted_from_the_day_of_the_run(tmp_path: Path, first: str, as_of: str, week: str) -> None:
    """`first` counts weeks that begin after the day, or is a date."""
    (site,) = sites_of(folder(tmp_path, LEAST + f"first = {first}\nweeks = 2\n", "sites/a"))
    found = weeks_of(site, dt.date.fromisoformat(as_of), "monday")
    assert found == [dt.date.fromisoformat(week), dt.date.fromisoformat(week) + dt.timedelta(days=7)]


def test_a_date_on_which_no_week_begins_is_told(tmp_path: Path) -> None:
    """Weeks of a site may begin on another day."""
    (site,) = sites_of(folder(tmp_path, LEAST + "first = 2026-12-14\n", "sites/a"))
    with pytest.raises(InputError, match="weeks of this site start on sunday"):
        weeks_of(site, dt.date(2026, 12, 2), "sunday")


def test_an_inbox_is_that_of_its_site_only(tmp_path: Path) -> None:
    """Characters of globs in a site's name match themselves only."""
    (site,) = sites_of(folder(tmp_path, LEAST, "sites/[ab]"))
    for name in ("a", "[ab]"):
        (tmp_path / "inbox" / name).mkdir(parents=True)
        (tmp_path / "inbox" / name / "x.csv").write_text("", encoding="utf-8")
    assert site.inbox(tmp_path) == [tmp_path / "inbox" / "[ab]" / "x.csv"]
