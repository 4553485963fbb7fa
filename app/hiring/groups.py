"""Groups: people who serve the same queues together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ...forecast.errors import InputError
from ..intake.names import nearest
from .config import FILE
from .terms import GroupQueues


def skills_of(text: str | None, queues: Sequence[str]) -> frozenset[str]:
    """Return the queues of a cell like ``a|b:1.1``; blank = all.

    Examples
    --------
    >>> sorted(skills_of("a|b:1.1", ["a", "b", "c"]))
    ['a', 'b']
    """
    names = {part.partition(":")[0].strip() for part in (text or "").split("|")} - {""}
    return frozenset(names or queues)


def groups_of(
    staff: pd.DataFrame, queues: Sequence[str], asked: Mapping[str, GroupQueues]
) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Return the queues of each group, and the group of each row of `staff`.

    Without ``[group.NAME]`` queues that somebody can work together are one group: their people can stand in for each
    other. Such a group has the name that staff.csv gives all of its people, else that of its queues.

    Parameters
    ----------
    staff
        Columns group and skills; a row a person.
    queues
        All queues of plan.toml.

    Raises
    ------
    InputError
        If a queue has no group or two, a group has an unknown queue, or somebody works queues of two groups.
    """
    skills = [skills_of(text, queues) for text in staff["skills"]]
    found = _asked(queues, asked) if asked else joined(queues, skills)
    home = {queue: name for name, own in found.items() for queue in own}
    of = []
    for agent, mine in zip(staff["agent"], skills, strict=True):
        names = sorted({home[q] for q in mine if q in home})
        if len(names) != 1:
            raise InputError(
                f"somebody works queues of {len(names)} groups", file="staff.csv", column="skills", value=agent,
                mend=f"Join the groups {', '.join(names)} in {FILE}",
            )  # fmt: skip
        of.append(names[0])
    if asked:
        return found, of
    named = {}
    for name in found:
        said = {g for g, own in zip(staff["group"], of, strict=True) if own == name and g}
        named[name] = next(iter(said)) if len(said) == 1 else name
    if len(set(named.values())) < len(named):
        named = {name: name for name in named}
    return {named[name]: own for name, own in found.items()}, [named[name] for name in of]


def _asked(queues: Sequence[str], asked: Mapping[str, GroupQueues]) -> dict[str, tuple[str, ...]]:
    seen: set[str] = set()
    for name, group in asked.items():
        for queue in group.queues:
            column = f"group.{name}.queues"
            if queue not in queues:
                raise InputError("unknown queue", file=FILE, column=column, value=queue, mend=nearest(queue, queues))
            if queue in seen:
                raise InputError("queue of two groups", file=FILE, column=column, value=queue, mend="Keep one of them")
            seen.add(queue)
    for queue in queues:
        if queue not in seen:
            mend = "Name it in the queues of a [group.NAME]"
            raise InputError("queue without a group", file=FILE, column="group.", value=queue, mend=mend)
    return {name: group.queues for name, group in asked.items()}


def joined(queues: Sequence[str], skills: Sequence[frozenset[str]]) -> dict[str, tuple[str, ...]]:
    """Return the sets of queues that people join, by the names of their queues."""
    sets = [{queue} for queue in queues]
    for mine in set(skills):
        touched = [s for s in sets if s & mine]
        sets = [s for s in sets if not s & mine] + ([set().union(*touched)] if touched else [])
    ordered = sorted((tuple(q for q in queues if q in s) for s in sets), key=lambda own: queues.index(own[0]))
    return {"+".join(own): own for own in ordered}
