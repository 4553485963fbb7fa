"""Exit codes of the commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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


def code_of(summary: Mapping[str, Any]) -> int:
    """Return the exit code of a run that has a plan: whatever ended the search, the asked gap is reached or not."""
    from ..gap import is_reached

    if summary["stopped"] == "user":
        return STOPPED
    return DONE if is_reached(summary["status"], summary["gap"], summary["asked_gap"]) else LIMIT_WITH_PLAN
