"""How many threads pay."""

from __future__ import annotations

import os


def processors() -> int:
    """Return how many threads may work beside each other: what OMP_NUM_THREADS says, else the machine's processors.

    Whoever runs several processes beside each other sets that to 1 in each, as the workers of a batch have it: more
    threads than processors only take turns.
    """
    told = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    return int(told) if told.isascii() and told.isdigit() and int(told) else os.cpu_count() or 1
