"""What the worker processes of this machine load beside their start: all that plans, before the first task is there."""

from __future__ import annotations

import contextlib
import importlib
import threading
from typing import Any

PLANNER = f"{__package__}.work"


def dask_setup(worker: Any) -> None:
    """Import what plans, in a thread: the worker joins meanwhile, and its first task waits for the rest at most."""
    threading.Thread(target=_load, name="import of what plans", daemon=True).start()


def _load() -> None:
    with contextlib.suppress(Exception):  # a task that meets the same error tells it
        importlib.import_module(PLANNER)
