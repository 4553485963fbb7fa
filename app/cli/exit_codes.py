"""Exit codes of the commands."""

DONE = 0
INTERNAL = 1
USAGE = 2
BAD_INPUT = 3
INFEASIBLE = 4
LIMIT_WITH_PLAN = 5
LIMIT_WITHOUT_PLAN = 6
REFUSED = 7
SOME_FAILED = 8
"""A batch: some sites failed or were held, the rest stands."""
HELD = 9
"""Another batch holds what this one needs."""
STOPPED = 130
