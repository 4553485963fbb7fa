"""What a look at the day has to say: one thing with its cause, evidence, effect, and since when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

KINDS = ("queue", "outage", "volume", "handle_time", "busy_day", "hours_to_spare", "over", "input")
"""Kinds of message; a change of calls or handle times upward is an alarm, what gives hours is a notice."""
LEVELS = ("notice", "warning", "alarm")


@dataclass(frozen=True)
class Message:
    """One thing that a look at the day has to say.

    Attributes
    ----------
    id
        The same thing at a later look has the same one.
    at
        Moment of the look, ISO 8601.
    queue
        The queue concerned; "" = all.
    kind, level
        One of `KINDS`, and of `LEVELS`.
    stake
        Calls of the rest of the day that are late because of it, by the model of the queue: what ranks messages. Below
        0 where calls are won.
    since
        Moment at which it most likely began, ISO 8601.
    cause, evidence, effect
        What happened, by which figures that is known, and what follows: a sentence each, without its point.
    """

    id: str
    at: str
    queue: str
    kind: str
    level: str
    stake: float
    since: str
    cause: str
    evidence: str
    effect: str

    @property
    def time(self) -> str:
        """Time of day at which it was said."""
        return self.at[11:16]

    @property
    def text(self) -> str:
        """The message in one line."""
        where = f"{self.queue}: " if self.queue else ""
        since = f" (since {self.since[11:16]})" if self.since else ""
        return f"{self.level}: {where}{self.cause}{since}. {self.evidence}. {self.effect}."

    @property
    def record(self) -> dict[str, Any]:
        """The message for other programs, its line of text among it."""
        return {**asdict(self), "stake": round(self.stake, 1), "text": self.text}

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Message:
        """Return the message that `record` tells; raises ``KeyError`` or ``TypeError`` where it tells none."""
        names = ("id", "at", "queue", "kind", "level", "stake", "since", "cause", "evidence", "effect")
        return cls(**{name: record[name] for name in names})


def ranked(messages: Iterable[Message]) -> tuple[Message, ...]:
    """Return messages by level, then by the service at stake."""
    return tuple(sorted(messages, key=lambda m: (-LEVELS.index(m.level), -m.stake, KINDS.index(m.kind), m.id)))


def news(said: Iterable[Message], found: Iterable[Message]) -> tuple[Message, ...]:
    """Return the messages that have not been said, or whose level has risen since."""
    last: dict[str, int] = {}
    for one in said:
        last[one.id] = max(last.get(one.id, -1), LEVELS.index(one.level))
    return tuple(one for one in found if LEVELS.index(one.level) > last.get(one.id, -1))
