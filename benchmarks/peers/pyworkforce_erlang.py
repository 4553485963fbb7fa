"""Find requirements with pyworkforce, one load after the other: task on standard input, answer on standard output.

Runs under the peer's own interpreter (`queueing.py` starts it). The task is JSON: model, loads in erlang, times in
seconds, level; the answer holds the agents and the processor seconds. A load that the peer refuses is answered by null.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from typing import Any

from pyworkforce.queuing import ErlangA, ErlangC


def required(task: dict[str, Any], load: float) -> int | None:
    """Return the peer's agents for one load; it counts in minutes."""
    aht = task["aht_s"] / 60.0
    given = {"transactions": load * 30.0 / aht, "aht": aht, "asa": task["within_s"] / 60.0, "interval": 30}
    impatient = task["model"] == "erlang_a"
    queue = ErlangA(**given, patience=task["patience_s"] / 60.0) if impatient else ErlangC(**given)
    try:
        return int(queue.required_positions(service_level=task["level"])["raw_positions"])
    except ValueError:
        return None


def main() -> None:
    """Answer one task."""
    task = json.load(sys.stdin)
    began = time.process_time()
    agents = [required(task, load) for load in task["loads"]]
    seconds = time.process_time() - began
    json.dump({"agents": agents, "seconds": seconds, "version": version("pyworkforce")}, sys.stdout)


if __name__ == "__main__":
    main()
