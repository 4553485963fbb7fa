"""Which groups of agents serve which queues."""

import pandas as pd
import pytest

from busyhour.forecast.errors import InputError
from busyhour.forecast.queueing.simulation.routing import AgentGroup, Routing


def test_each_queue_has_a_group_of_its_own_with_the_rows_of_that_queue():
    routing = Routing.one_group_per_queue(["billing", "support"])
    staffing = pd.DataFrame({"queue": ["support", "billing", "support"], "agents": [3, 2, 1]})
    assert [group.queues for group in routing.groups] == [("billing",), ("support",)]
    assert [routing.rows_of(group, staffing)["agents"].tolist() for group in routing.groups] == [[2], [3, 1]]


@pytest.mark.parametrize(
    "groups",
    [
        [AgentGroup("both", ("billing", "support"))],
        [AgentGroup("early", ("billing",)), AgentGroup("late", ("billing",))],
        [AgentGroup("nobody's", ())],
    ],
)
def test_any_other_routing_is_refused(groups):
    with pytest.raises(InputError, match="one group of agents per queue"):
        Routing(tuple(groups))
