"""Looking at the day again and again, until it is over or the user stops: what was said, who hears of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from ...forecast.errors import InputError
from ...forecast.progress import Watch
from ...schedule.contracts.contract import Contract
from ..folders.targets import folder_to_write
from .contract_period import period_told
from .look import DayLooker, TodayLook
from .message import Message, news
from .now import wall_clock
from .publish import publish, said_before, usual_place
from .read_actuals import are_there

TICK_S = 0.2
"""Seconds between two glances at a stop, below 1."""

LATE = pd.Timedelta(minutes=60)
"""Time after the end of a day in which its last calls may still come: exports run once an hour or oftener."""

Channel = Callable[[Sequence[Message]], None]
"""Hears new messages."""


@dataclass(frozen=True, eq=False)
class Told:
    """A look that was published: what is new of it, where it stands, and its summary."""

    look: TodayLook
    new: tuple[Message, ...]
    where: Path
    summary: Mapping[str, Any]


@dataclass
class DayTeller:
    """Looks at a day, publishes the look, and tells its news.

    Parameters
    ----------
    looker
        Looks at the day.
    channels
        All who hear new messages.
    out
        Folder to write; None = beside the run.
    inputs
        Files and folders that must not be overwritten.
    contract
        The contract whose period the day belongs to; None = no contract.
    wages
        Whether costs of actions are written.
    before_writing
        Called with each place before anything is written there.
    """

    looker: DayLooker
    channels: Sequence[Channel]
    out: Path | None = None
    inputs: Sequence[Path] = ()
    contract: Contract | None = None
    wages: bool = True
    before_writing: Callable[[Path], None] = lambda place: None
    _said: list[Message] = field(default_factory=list)
    _date: str = ""
    _place: Path | None = None

    def once(self, watch: Watch) -> Told:
        """Look, publish and tell.

        Raises
        ------
        InputError, Stopped
            As `DayLooker.look`.
        OSError
            If the folder cannot be written.
        """
        look = self.looker.look(watch)
        place = self._place_of(look)
        new = news(self._said, look.messages)
        contract = None
        if self.contract is not None:
            contract = period_told(self.contract, look, self.looker.seed, watch)
        watch.raise_if_stopped()
        watch.tell("publish", str(place))
        self.before_writing(place)
        where, summary = publish(look, place, [*self._said, *new], contract, wages=self.wages)
        self._said += new
        self._tell(new)
        return Told(look, new, where, summary)

    def until_over(self, watch: Watch, every_s: float, show: Callable[[Told], None]) -> None:
        """Look every `every_s` seconds until the day is over.

        A file that cannot be read at one look, or goes backwards, is complained of once and read again at the next; so
        is a file that is not there yet, and a folder without any.

        Parameters
        ----------
        show
            Called with each look.

        Raises
        ------
        InputError
            If the first look cannot be made although the files are there.
        Stopped
            If the user stops.
        """
        seen, complaint = False, ""
        while True:
            began = time.monotonic()
            try:
                told = self.once(watch)
                seen, complaint = True, ""
                show(told)
                if _over(told.look):
                    return
            except InputError as error:
                if not seen and are_there(self.looker.options.actuals):
                    raise  # waiting mends a file that is being written, not one that was never right
                if str(error) != complaint:
                    complaint = str(error)
                    self._tell([input_message(error, wall_clock(self.looker.week.config.site.zone))])
            while time.monotonic() - began < every_s:
                watch.raise_if_stopped()
                time.sleep(TICK_S)

    def _tell(self, messages: Sequence[Message]) -> None:
        for channel in self.channels if messages else ():
            channel(messages)

    def _place_of(self, look: TodayLook) -> Path:
        """Return where a look goes; what was said of its day at earlier looks is taken up when the day begins."""
        date = look.day.date.isoformat()
        if self._place is None or date != self._date:
            out = usual_place(self.looker.week.run, date) if self.out is None else self.out
            self._place, self._date = folder_to_write(out, self.inputs), date
            self._said = list(said_before(self._place, date, look.actuals.now))
        return self._place


def _over(look: TodayLook) -> bool:
    """Whether all of a day has come, or its end is so long ago that the rest will not."""
    return look.outlook.now >= len(look.outlook.starts) or look.actuals.now >= look.day.end + LATE


def input_message(error: InputError, now: pd.Timestamp) -> Message:
    """Return an error of the inputs as a message."""
    at = now.isoformat(timespec="minutes")
    return Message(f"input {error}", at, "", "input", "warning", 0.0, at, "the actuals cannot be used",
                   str(error).rstrip("."), "the look before stands; the file is read again at the next")  # fmt: skip
