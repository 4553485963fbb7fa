"""Calls taken from exports: once each, corrected by key, read again as they were."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from busyhour.app.files import write_csv
from busyhour.app.intake.mapping import Intake
from busyhour.app.intake.read import read_calls
from busyhour.app.store.calls import Taken, calls_versions, history, site_id, take, taken_before
from busyhour.app.store.open import Store, open_store
from busyhour.app.store.schema import calls, event, ingest
from busyhour.forecast.errors import InputError

ZONE = "Europe/Berlin"


def table(first: str = "2026-03-02", days: int = 7, zone: str | None = ZONE, minutes: int = 30) -> pd.DataFrame:
    """Calls of two queues, all intervals of some days."""
    starts = pd.date_range(first, periods=days + 1, freq="D", tz=zone)
    starts = pd.date_range(starts[0], starts[-1], freq=f"{minutes}min", inclusive="left")
    rng = np.random.default_rng(7)
    parts = [
        pd.DataFrame(
            {
                "queue": queue,
                "start": starts,
                "offered": rng.poisson(20, len(starts)).astype(float),
                "handle_s": rng.uniform(200, 300, len(starts)),
            }
        )
        for queue in ("sales", "service")
    ]
    return pd.concat(parts, ignore_index=True)


def taken(store: Store, frame: pd.DataFrame, sha: str, *, file: str = "calls.csv", accept: bool = False) -> Taken:
    zone = None if frame["start"].dt.tz is None else str(frame["start"].dt.tz)
    with store.write() as c:
        return take(c, site_id(c, "lisbon", zone), file, sha, frame, accept=accept)


def read(store: Store, zone: str | None = ZONE, interval_min: int = 30) -> pd.DataFrame:
    with store.read() as c:
        return history(c, 1, [], zone, interval_min)


def versions(store: Store) -> dict[str, int | None]:
    with store.read() as c:
        return calls_versions(c, 1)


def test_an_export_is_taken_once(store: Store) -> None:
    frame = table()
    first = taken(store, frame, "a")
    assert (first.rows, first.added, first.corrected, first.same) == (672, 672, 0, 0)
    assert first.queues_changed == ("sales", "service")
    assert first.days_changed == tuple(dt.date(2026, 3, d) for d in range(2, 9))
    again = taken(store, frame, "a")
    assert again == Taken(rows=672, same=672, again=True)
    other_file = taken(store, frame, "b", file="copy.csv")
    assert (other_file.added, other_file.corrected, other_file.same, other_file.days_changed) == (0, 0, 672, ())
    assert versions(store) == {"sales": 1, "service": 1}
    with store.read() as c:
        assert taken_before(c, 1) == {"a", "b"}
        assert c.execute(sa.select(sa.func.count()).select_from(calls)).scalar_one() == 672
        assert c.execute(sa.select(event.c.what)).scalars().all() == ["upgraded", "taken", "taken"]


def test_rows_are_corrected_by_queue_and_start(store: Store) -> None:
    frame = table()
    taken(store, frame, "a")
    frame.loc[5, "offered"] += 3
    later = pd.concat([frame, table("2026-03-09", 1)], ignore_index=True)
    done = taken(store, later, "b")
    assert (done.added, done.corrected, done.same) == (96, 1, 671)
    assert done.days_changed == (dt.date(2026, 3, 2), dt.date(2026, 3, 9))
    frame.loc[[400, 401], "handle_s"] = np.nan
    assert taken(store, frame, "c").queues_changed == ("service",)
    assert versions(store) == {"sales": 2, "service": 3}
    expected = pd.concat([frame, table("2026-03-09", 1)]).sort_values(["queue", "start"], ignore_index=True)
    pd.testing.assert_frame_equal(read(store), expected, check_dtype=False, check_freq=False)


def test_more_than_a_fifth_corrected_asks_to_be_accepted(store: Store) -> None:
    frame = table()
    taken(store, frame, "a")
    frame.loc[: int(0.2 * len(frame)), "offered"] += 1
    with pytest.raises(InputError, match=r"night\.csv: 135 of 672 rows .* differ, more than 20%.*--accept"):
        taken(store, frame, "b", file="night.csv")
    assert versions(store) == {"sales": 1, "service": 1}
    with store.read() as c:
        assert taken_before(c, 1) == {"a"}
    assert taken(store, frame, "b", accept=True).corrected == 135


def test_the_interval_that_ran_when_the_last_export_was_made_may_change(store: Store) -> None:
    frame = table()
    taken(store, frame, "a")
    last = frame.groupby("queue").tail(1).copy()
    last["offered"] += 9
    assert taken(store, last, "b").corrected == 2


def test_what_a_column_left_out_keeps_and_a_blank_forgets(store: Store) -> None:
    frame = table(days=1)
    taken(store, frame, "a")
    bare = frame.drop(columns="handle_s")
    assert taken(store, bare, "b").same == len(frame)
    bare.loc[3, "offered"] = np.nan
    assert taken(store, bare, "c").corrected == 1
    known = read(store)
    assert known["handle_s"].notna().all()
    assert np.isnan(known.loc[3, "offered"])


def test_intervals_still_running_are_left_out(store: Store) -> None:
    frame = table(days=1).assign(complete=1.0)
    frame.loc[frame.groupby("queue").tail(2).index, "complete"] = 0.0
    done = taken(store, frame, "a")
    assert (done.rows, done.running) == (92, 4)
    assert len(read(store)) == 92


def test_an_export_that_shrinks_is_told(store: Store) -> None:
    frame = table()
    taken(store, frame, "a")
    done = taken(store, frame.drop(index=range(10, 20)), "b")
    assert (done.missing, done.shrunk_from, done.added, done.corrected) == (10, 672, 0, 0)
    assert len(done.remarks) == 2
    assert "shrunk from 672 to 662" in done.remarks[0]
    assert len(read(store)) == 672
    assert taken(store, frame, "c").remarks == ()


def test_longer_intervals_over_shorter_ones_are_refused(store: Store) -> None:
    taken(store, table(minutes=15), "a")
    with pytest.raises(InputError, match=r"intervals of 30 min, but the store has rows .* in between"):
        taken(store, table(minutes=30), "b", accept=True)


def test_a_history_with_intervals_that_do_not_fit_is_refused(store: Store) -> None:
    taken(store, table(minutes=30), "a")
    assert len(read(store, interval_min=60)) == 672
    with pytest.raises(InputError, match=r"intervals of 30 min, which do not divide interval_min"):
        read(store, interval_min=15)


def test_a_history_of_which_some_days_do_not_fit_is_refused(store: Store) -> None:
    """Hours until Sunday and quarters from Monday on: half-hours are neither."""
    taken(store, table("2026-03-02", minutes=60), "a")
    taken(store, table("2026-03-09", minutes=15), "b")
    assert len(read(store, interval_min=60)) == 2 * 7 * (24 + 96)
    with pytest.raises(InputError, match=r"intervals of 60 min on 2026-03-02, .*Set interval_min = 60"):
        read(store)


@pytest.mark.parametrize(("day", "intervals"), [("2026-03-29", 46), ("2026-10-25", 50)])
def test_clock_changes_keep_every_interval(store: Store, day: str, intervals: int) -> None:
    frame = table(day, 1)
    assert len(frame) == 2 * intervals
    done = taken(store, frame, "a")
    assert done.days_changed == (dt.date.fromisoformat(day),)
    pd.testing.assert_frame_equal(read(store), frame, check_dtype=False, check_freq=False)


def test_a_site_without_a_zone_keeps_its_wall_clock(store: Store) -> None:
    frame = table("2026-03-29", 1, zone=None)
    done = taken(store, frame, "a")
    assert done.days_changed == (dt.date(2026, 3, 29),)
    pd.testing.assert_frame_equal(read(store, zone=None), frame, check_dtype=False, check_freq=False)


def test_a_history_written_as_a_file_is_read_as_the_export_was(store: Store, tmp_path: Path) -> None:
    write_csv(tmp_path / "calls.csv", table())
    frame, _ = read_calls(tmp_path, Intake(), zone=ZONE, interval_min=30, queues=[])
    taken(store, frame, "a")
    write_csv(tmp_path / "calls.csv", read(store))
    again, _ = read_calls(tmp_path, Intake(), zone=ZONE, interval_min=30, queues=[])
    pd.testing.assert_frame_equal(again, frame)


def test_queues_of_choice(store: Store) -> None:
    taken(store, table(), "a")
    with store.read() as c:
        assert set(history(c, 1, ["service", "unknown"], ZONE, 30)["queue"]) == {"service"}
        assert history(c, 1, ["unknown"], ZONE, 30).empty


def test_a_broken_off_transaction_forgets_the_export(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as c:
        take(c, site_id(c, "lisbon", ZONE), "calls.csv", "a", table())
        raise ZeroDivisionError
    with store.read() as c:
        assert c.execute(sa.select(ingest)).all() == []
    assert taken(store, table(), "a").added == 672


@pytest.mark.slow
def test_many_rows_go_the_quick_way(store: Store) -> None:
    frame = table(days=30, minutes=5)
    assert taken(store, frame, "a").added == len(frame) > 17_000
    frame["offered"] += 1
    assert taken(store, frame, "b", accept=True).corrected == len(frame)
    pd.testing.assert_frame_equal(read(store), frame, check_dtype=False, check_freq=False)


EXPORTS = st.lists(
    st.dictionaries(st.integers(0, 9), st.one_of(st.none(), st.integers(0, 3)), max_size=10), min_size=1, max_size=5
)


@pytest.fixture(scope="module")
def one_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for many examples, each of a site of its own."""
    with open_store("sqlite:///wfm.db", base=tmp_path_factory.mktemp("store")) as opened:
        yield opened


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(EXPORTS)
def test_any_exports_leave_what_a_dictionary_would(one_file: Store, exports: list[dict[int, int | None]]) -> None:
    expected: dict[int, int | None] = {}
    with one_file.write() as c:
        number = site_id(c, uuid.uuid4().hex, ZONE)
        for i, export in enumerate(exports):
            starts = [pd.Timestamp("2026-03-02", tz=ZONE) + pd.Timedelta(minutes=30 * k) for k in export]
            frame = pd.DataFrame({"queue": "q", "offered": pd.Series(list(export.values()), dtype=float)})
            frame.insert(1, "start", pd.Series(starts, dtype=f"datetime64[us, {ZONE}]"))
            done = take(c, number, "calls.csv", str(i), frame, accept=True)
            changed = {k for k in export.keys() & expected.keys() if export[k] != expected[k]}
            assert (done.added, done.corrected) == (len(export.keys() - expected.keys()), len(changed))
            expected |= export
        got = history(c, number, [], ZONE, 30)["offered"]
    assert [None if np.isnan(v) else v for v in got] == [expected[k] for k in sorted(expected)]
