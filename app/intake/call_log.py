"""Logs with one row a call, or one row an event of a call, as calls per interval."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from .mapping import Layout
from .merge import Notes
from .names import find_column, nearest
from .text import decoded
from .units import CONFIRM
from .words import recognised

ANSWERED = frozenset({
    "answered", "answer", "connected", "completed", "complete", "handled", "accepted", "talked", "beantwortet",
    "angenommen", "atendida", "contestada", "répondu", "répondue", "risposta", "beantwoord", "odebrane",
    "call connected", "served", "serviced", "true", "yes", "y", "1", "ja", "si", "sí",
})  # fmt: skip
LOST = frozenset({
    "abandoned", "abandon", "no answer", "noanswer", "not answered", "unanswered", "missed", "lost", "busy", "failed",
    "cancel", "canceled", "cancelled", "congestion", "timeout", "hangup", "rejected", "verloren", "aufgelegt",
    "abandonada", "perdida", "abandonné", "abandonnée", "manqué", "persa", "verlaten", "porzucone", "voicemail",
    "hang up", "false", "no", "n", "0", "nein",
})  # fmt: skip
RESULTS = ("status", "call status", "result", "state", "estado", "ergebnis", "statut", "outcome", "esito", "resultado")
TALKS = ("duration", "call duration", "talk seconds", "dauer", "duración", "durée", "durata", "duração", "duur")
"""Names of columns that tell the outcome and the talk of a call, in lower case."""
EVENTS = ("time", "call", "queue", "agent", "event", "d1", "d2", "d3", "d4", "d5")
"""Fields of an Asterisk ``queue_log``, one event a line."""
WAITED = {"CONNECT": "d1", "ABANDON": "d3", "EXITWITHTIMEOUT": "d3"}
"""Field of the seconds waited, per event that ends a wait."""
TALKED = {
    "COMPLETECALLER": "d2",
    "COMPLETEAGENT": "d2",
    "TRANSFER": "d4",
    "BLINDTRANSFER": "d4",
    "ATTENDEDTRANSFER": "d4",
}
"""Field of the seconds talked, per event that ends a talk."""
SAME = 0.9
"""Share of the calls of two files where both cover a time, from 0 to 1, that are alike if they are the same calls."""
UNANSWERED = ("ABANDON", "EXITWITHTIMEOUT", "EXITEMPTY", "EXITWITHKEY")


def outcomes(text: pd.Series, *, column: str, file: Path | None = None) -> pd.Series:
    """Return 1 where a call was answered, 0 where not, NaN where the cell is blank.

    Raises
    ------
    InputError
        On a word that tells neither.

    Examples
    --------
    >>> outcomes(pd.Series(["ANSWERED", "NO ANSWER", ""]), column="disposition").tolist()
    [1.0, 0.0, nan]
    """
    words = text.str.casefold().str.replace("_", " ").str.strip()
    known = words.isin(ANSWERED) | words.isin(LOST) | (words == "")
    if not known.all():
        row = text.index[int((~known).to_numpy().argmax())]
        raise InputError(
            "neither answered nor abandoned",
            file=file,
            row=int(row),
            column=column,
            value=str(text[row]),
            mend="Leave such rows out by filter in [intake], or write answered or abandoned",
        )
    return words.isin(ANSWERED).astype(float).where(words != "")


def looks_like_calls(starts: pd.Series) -> bool:
    """Whether the times of a column, as text, are those of calls: most of them have seconds."""
    seconds = starts.str.extract(r":\d{2}:(\d{2})", expand=False)
    return len(starts) > 0 and bool((seconds.notna() & (seconds != "00")).mean() > 0.5)


def tells_outcomes(text: pd.Series) -> bool:
    """Whether a column tells outcomes of calls: words such as ANSWERED, and no numbers of calls."""
    words = text.str.casefold().str.replace("_", " ").str.strip()
    known = words.isin(ANSWERED | LOST | {""}).all() and words.ne("").any()
    return bool(known) and not bool(words.str.isdigit().any())


def call_columns(cells: pd.DataFrame, known: Mapping[str, str]) -> dict[str, str]:
    """Return the columns of outcome and talk whose names tell them in a log of calls, though not in other files."""
    out: dict[str, str] = {}
    free = [name for name in cells.columns if name not in known.values()]
    if not {"answered", "abandoned"} & known.keys():
        words = ANSWERED | LOST | {""}
        results = [name for name in free if name.casefold() in RESULTS]
        told = [n for n in results if cells[n].str.casefold().str.replace("_", " ").isin(words).all()]
        out |= dict.fromkeys(["answered"], told[0]) if told else {}
    if not {"handle_s", "talk_s"} & known.keys():
        talks = [name for name in free if name.casefold() in TALKS]
        out |= dict.fromkeys(["talk_s"], talks[0]) if talks else {}
    return out


def refuse_legs(cells: pd.DataFrame, queues: pd.Series, layout: Layout, file: Path) -> pd.Series | None:
    """Return what tells the calls of a log apart, None where each row is a call of its own.

    Raises
    ------
    InputError
        If `Intake.call_id` is not in the file; or if it is not said, and a call has several rows of its queue.
    """
    header = list(cells.columns)
    if layout.call_id is not None:
        column = find_column(layout.call_id, header)
        if column is None:
            mend = nearest(layout.call_id, header)
            raise InputError("column of intake.call_id is not in the file", file=file, value=layout.call_id, mend=mend)
        return cells[column]
    column = recognised(header).call_id
    if column is None or "call_id" in layout.trust:
        return None
    again = pd.DataFrame({"call": cells[column], "queue": queues}).duplicated() & (cells[column] != "")
    if not again.any():
        return None
    row = int(cells.index[int(again.to_numpy().argmax())])
    raise InputError(
        f"{int(again.sum())} rows are of a call that has a row before: one call in several rows, or several calls",
        file=file,
        row=row,
        column=column,
        value=str(cells.loc[row, column]),
        mend=f'Set call_id = "{column}" in [intake] to count each call once; ' + CONFIRM.format("call_id"),
    )


def joined_legs(calls: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """Return one row per queue and call: its first start, the longest of its times, answered where one row is."""
    known = calls["call"] != ""
    key = ["file", "queue", "theirs", "part", "call"]
    if not calls[known].duplicated(key).any():
        return calls.drop(columns="call")
    longest = {name: "max" for name in calls.columns if name not in (*key, "start", "row")}
    legs = calls[known].sort_values("start", kind="stable").groupby(key, sort=False)
    whole = legs.agg({"start": "first", "row": "first", **longest}).reset_index()
    notes.add("calls", f"{int(known.sum()) - len(whole)} rows are further legs of a call", "counted with their call")
    return pd.concat([whole, calls[~known]], ignore_index=True)[list(calls.columns)].drop(columns="call")


def per_interval(calls: pd.DataFrame, minutes: int, notes: Notes) -> pd.DataFrame:
    """Return the calls counted per queue, part and interval.

    Parameters
    ----------
    calls
        One row a call with queue, theirs, part, start, file and row, and what is known of answered (1 or 0), handle_s
        and wait_s; the same call in two files that cover one time is counted once.
    minutes
        Length of an interval.
    """
    calls = without_copies(calls, notes)
    answered = answered_of(calls)
    local = calls["start"]
    clock = local.dt.tz_localize(None)
    off = pd.to_timedelta(
        clock.dt.minute % minutes if minutes < 60 else (clock.dt.hour * 60 + clock.dt.minute) % minutes, "min"
    )
    start = (local - off - pd.to_timedelta(clock.dt.second, "s") - pd.to_timedelta(clock.dt.microsecond, "us")).astype(
        local.dtype
    )
    table = pd.DataFrame({
        "queue": calls["queue"], "theirs": calls["theirs"], "part": calls["part"], "start": start, "offered": 1.0,
        "answered": answered, "abandoned": 1.0 - answered, "unknown": answered.isna(),
        **{name: calls[name].where(answered != 0) for name in ("handle_s", "wait_s") if name in calls},
        "file": calls["file"], "row": calls["row"],
    })  # fmt: skip
    key = ["queue", "theirs", "part", "start"]
    how = {
        "offered": "sum",
        "answered": "sum",
        "abandoned": "sum",
        "unknown": "any",
        "handle_s": "mean",
        "wait_s": "mean",
        "file": "first",
        "row": "first",
    }
    out = table.groupby(key, sort=False).agg({name: way for name, way in how.items() if name in table}).reset_index()
    for name in ("answered", "abandoned"):  # of a call that still ran, nobody knows yet
        out[name] = out[name].where(~out["unknown"])
    out = out.drop(columns="unknown")
    notes.add("calls", f"{len(calls)} rows of one call each", f"counted by {minutes} min")
    return out


def answered_of(calls: pd.DataFrame) -> pd.Series:
    """Return 1 per call that was answered, 0 per one that was not, NaN while nobody knows."""
    answered = calls.get("answered", pd.Series(np.nan, index=calls.index))
    if answered.isna().all() and "handle_s" in calls:
        answered = (calls["handle_s"] > 0).astype(float)  # who was never talked to was not answered
    return answered


def without_copies(calls: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """Return the calls without those that another file holds, too; of equal calls of one file all are kept.

    Rows that are legs of one call are joined before (`joined_legs`).

    Two files hold the same calls of a queue only where both cover a time: there nearly each call of the one is in the
    other, too. Where only some are alike they are other calls of the same moment.
    """
    calls = joined_legs(calls, notes) if "call" in calls else calls
    values = [c for c in calls.columns if c not in ("file", "row")]
    numbered = calls.assign(nth=calls.groupby([*values, "file"], dropna=False, sort=False).cumcount())
    code = numbered.groupby([*values, "nth"], dropna=False, sort=False).ngroup()
    shared = code.duplicated(keep=False)
    copies, alike = shared & False, shared & False
    queues: dict[str, list[pd.Series]] = {}
    for (queue, _), own in calls.groupby(["theirs", "file"]):
        if shared[own.index].any():
            queues.setdefault(str(queue), []).append(own["start"])
    for one, other in (pair for starts in queues.values() for pair in combinations(starts, 2)):
        begin, end = max(one.min(), other.min()), min(one.max(), other.max())
        same = code[other.index].isin(code[one.index])
        if begin > end or not same.any():
            continue
        most = max(int(one.between(begin, end).sum()), int(other.between(begin, end).sum()))
        (copies if same.sum() >= SAME * most else alike)[same[same].index] = True
    for mask, what, action in (
        (copies, "are in another file, too, that covers the same time", "counted once"),
        (alike & ~copies, "are like a call of another file, whose other calls differ", "counted as other calls"),
    ):
        if mask.any():
            notes.add("overlap", f"{int(mask.sum())} calls {what}", action)
    return calls[~copies]


def queue_log_calls(path: Path, encoding: str, notes: Notes) -> pd.DataFrame:
    """Return the calls of an Asterisk ``queue_log`` as text cells: start (epoch), queue, wait, talk, answered.

    A call that enters a queue again, or another one, counts there anew. Calls that were in the queue before the log
    begins are left out.

    Raises
    ------
    InputError
        If the file is no such log.
    """
    lines = [(row, line.split("|")) for row, line in enumerate(decoded(path, encoding).split("\n"), start=1) if line]
    short = next((row for row, fields in lines if len(fields) < 5 or not fields[0].split(".")[0].isdigit()), None)
    if short is not None or not lines:
        mend = "Each line is time|call|queue|agent|event|…; check one_row in [intake]"
        raise InputError("not an event of a queue_log", file=path, row=short, mend=mend)
    width = len(EVENTS)
    log = pd.DataFrame([(fields + [""] * width)[:width] for _, fields in lines], columns=list(EVENTS), dtype="str")
    log.index = pd.Index([row for row, _ in lines], name="row")
    log["visit"] = (log["event"] == "ENTERQUEUE").groupby([log["call"], log["queue"]]).cumsum()
    known = log["event"].isin(["ENTERQUEUE", *WAITED, *TALKED, *UNANSWERED])
    entered = log[log["event"] == "ENTERQUEUE"]
    first = entered.drop_duplicates(["call", "queue"]).set_index(["call", "queue"])["time"]
    own = pd.MultiIndex.from_frame(log[["call", "queue"]])
    same_second = log["time"].to_numpy() == first.reindex(own).to_numpy()  # lines of one second may stand in any order
    log["visit"] = log["visit"].where((log["visit"] > 0) | ~same_second, 1)
    if (early := int(((log["visit"] == 0) & known).sum())) > 0:
        notes.add("rows", f"{path.name}: {early} events of calls that came before the log begins", "left out")
    log = log[known & (log["visit"] > 0)]
    key = ["call", "queue", "visit"]
    entered = log[log["event"] == "ENTERQUEUE"]
    if entered.empty:
        raise InputError("no call enters a queue", file=path, mend="The log needs lines with ENTERQUEUE")
    out = entered[[*key, "time"]].reset_index()
    waited, talked = (_said(log, fields, key) for fields in (WAITED, TALKED))
    ends = pd.concat([
        log.loc[log["event"].isin(UNANSWERED), key].assign(answered="0"),
        log.loc[log["event"] == "CONNECT", key].assign(answered="1"),
    ]).drop_duplicates(key, keep="last")  # fmt: skip
    for part in (waited.rename("wait"), talked.rename("talk"), ends.set_index(key)["answered"]):
        out = out.merge(part.reset_index(), on=key, how="left")
    out = out.fillna("").set_index("row").rename(columns={"time": "start"})
    return out[["start", "queue", "wait", "talk", "answered"]].astype("str")


def _said(log: pd.DataFrame, fields: dict[str, str], key: list[str]) -> pd.Series:
    """Return per call the field that its events hold, blank where none does."""
    parts = [log.loc[log["event"] == event].set_index(key)[field] for event, field in fields.items()]
    said = pd.concat(parts)
    return pd.Series(said[~said.index.duplicated(keep="last")])
