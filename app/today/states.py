"""What agents did, as the telephone system tells it: its states become the activities of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from ...forecast.errors import InputError, short
from ...forecast.tables import read_csv
from .tables import TABLES

PHONE, BREAK, LUNCH, MEETING, TRAINING, OFF = KINDS = ("phone", "break", "lunch", "meeting", "training", "off")
"""What a state may mean. Whoever takes calls, talks, or works after a call is on the phone; `OFF` is logged out."""
WORDS: Mapping[str, str] = {
    **{kind: kind for kind in KINDS},
    **dict.fromkeys(
        ("available", "ready", "waiting", "on call", "in call", "talking", "talk", "incall", "hold", "ringing",
         "acw", "wrap", "wrap up", "wrapup", "after call work", "aftercall"), PHONE,
    ),
    **dict.fromkeys(("pause", "rest", "tea", "coffee"), BREAK),
    **dict.fromkeys(("meal", "dinner"), LUNCH),
    **dict.fromkeys(("team meeting", "huddle"), MEETING),
    **dict.fromkeys(("coaching", "course"), TRAINING),
    **dict.fromkeys(("logged out", "logout", "loggedout", "offline", "logged off", "leave", "absent", "sick"), OFF),
}  # fmt: skip
"""Usual words for states, in small letters. Words of two meanings, such as "not ready", "busy" and "idle", are not
among them."""


def kinds_told(told: list[str] | tuple[str, ...]) -> dict[str, str]:
    """Read what the user says of states, each ``STATE=KIND``: state in small letters → one of `KINDS`.

    Raises
    ------
    InputError
        On a text of another form, a kind that is none, or a state told twice in two ways.
    """
    out: dict[str, str] = {}
    for text in told:
        state, sign, kind = (part.strip().lower() for part in text.rpartition("="))
        if not sign or not state or kind not in KINDS:
            raise InputError("not a meaning of a state", column="--state", value=text,
                             mend=f"Write it like --state \"Not ready=break\"; one of {', '.join(KINDS)}")  # fmt: skip
        if out.setdefault(state, kind) != kind:
            raise InputError(f"this state is told to be {out[state]} too", column="--state", value=text,
                             mend="Tell each state once")  # fmt: skip
    return out


def read_states(path: Path, zone: str | None, told: Mapping[str, str]) -> pd.DataFrame:
    """Read a file of agent states.

    Parameters
    ----------
    zone
        The site's zone; None = naive wall clock.
    told
        What the user says of states (`kinds_told`); wins over `WORDS`.

    Returns
    -------
    pandas.DataFrame
        ``agent, start, end, state, kind``, by agent and start. Rows of no length are left out: systems write them
        where a state is passed through.

    Raises
    ------
    InputError
        If the file cannot be read, a row ends before it starts, two rows of one agent overlap, or the meaning of a
        state is unknown.
    """
    rows = read_csv(path, TABLES["states"], zone=zone)
    back = rows["end"] < rows["start"]
    if back.any():
        i = int(back.to_numpy().argmax())
        raise InputError("the clock goes backwards: this state ends before it begins", file=path, row=i + 2,
                         column="end", value=f"{rows['end'].iloc[i]:%Y-%m-%d %H:%M:%S}",
                         mend=f"It begins {rows['start'].iloc[i]:%Y-%m-%d %H:%M:%S}; correct one of them")  # fmt: skip
    rows = rows[rows["end"] > rows["start"]]
    words = {**WORDS, **told}
    kind = rows["state"].str.lower().map(words)
    if kind.isna().any():
        _refuse_unknown(rows[kind.isna()], path)
    rows = rows.assign(kind=kind).sort_values(["agent", "start", "end"], kind="stable")
    _refuse_overlaps(rows, path)
    return rows.reset_index(drop=True)


def _refuse_unknown(rows: pd.DataFrame, path: Path) -> None:
    """Raise `InputError` that names all unknown states, those with most hours first."""
    hours = ((rows["end"] - rows["start"]).dt.total_seconds() / 3600.0).groupby(rows["state"]).sum()
    names = [str(name) for name in hours.sort_values(ascending=False).index]
    listed = ", ".join(f"{name} ({hours[name]:.1f} h)" for name in names)
    raise InputError(f"the meaning of these states is not known: {short(listed)}", file=path,
                     row=int(rows.index[0]) + 2, column="state", value=str(rows["state"].iloc[0]),
                     mend=f"Say what each is, like --state \"{names[0]}=phone\": {', '.join(KINDS)}")  # fmt: skip


def _refuse_overlaps(rows: pd.DataFrame, path: Path) -> None:
    """Raise `InputError` where two rows of one agent overlap; `rows` are by agent and start."""
    reached = rows.groupby("agent")["end"].cummax().groupby(rows["agent"]).shift()
    late = (rows["start"] < reached).to_numpy()
    if not late.any():
        return
    i = int(late.argmax())
    row, before = rows.iloc[i], rows.iloc[i - 1]
    raise InputError(
        f"two states of {row['agent']} at once: {before['state']} in row {int(rows.index[i - 1]) + 2} lasts until "
        f"{before['end']:%H:%M:%S}", file=path, row=int(rows.index[i]) + 2, column="start",
        value=f"{row['start']:%Y-%m-%d %H:%M:%S}", mend="End each state where the next begins",
    )  # fmt: skip
