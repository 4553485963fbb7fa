"""Which groups of agents serve which queues: the way from staffing rows to the heads of a simulation.

Today every queue has one group of agents and every group serves one queue. Routing by skills would add to the types of
this file, per queue and group, the rank by which a call looks for an agent, the priority by which a freed agent looks
for a call, the seconds after which a group may help, and a factor of the handle time; `Routing.rows_of` would put a
named person into the group of the person's skills; and a second kernel beside `desk.run` would take the heads of
several groups. Everything else stays: `simulate`, attendance (one per group) and estimates (one per queue).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from ...errors import InputError


@dataclass(frozen=True)
class AgentGroup:
    """Agents who serve the same queues.

    Attributes
    ----------
    name
        Name of the group; nameless heads draw their absence by this name and their number.
    queues
        Names of the queues that the group serves.
    """

    name: str
    queues: tuple[str, ...]


@dataclass(frozen=True)
class Routing:
    """The groups of agents of a simulation, one group per queue.

    Attributes
    ----------
    groups
        One group per queue, in the order of the queues.

    Raises
    ------
    InputError
        If a group serves no queue or several, or if several groups serve one queue.
    """

    groups: tuple[AgentGroup, ...]

    def __post_init__(self) -> None:
        served = [queue for group in self.groups for queue in group.queues]
        for group in self.groups:
            if len(group.queues) != 1 or served.count(group.queues[0]) > 1:
                raise InputError("Expected one group of agents per queue", column="queue",
                                 value=f"{group.name}: {', '.join(group.queues) or 'none'}")  # fmt: skip

    @classmethod
    def one_group_per_queue(cls, queues: Iterable[str]) -> Routing:
        """Return the routing in which each queue has a group of its own, named like the queue."""
        return cls(tuple(AgentGroup(queue, (queue,)) for queue in queues))

    def rows_of(self, group: AgentGroup, staffing: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of `staffing` that are agents of `group`: today those of the group's queue."""
        return staffing[staffing["queue"].isin(group.queues)]
