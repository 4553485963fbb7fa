"""What the worker processes of this machine load beside their start: all that plans, so that no first unit waits."""

from __future__ import annotations

import importlib
import threading
from typing import Any


def dask_setup(worker: Any) -> None:
    """Import what plans in a thread of its own; Dask calls this in each new worker, which is ready meanwhile."""
    threading.Thread(target=_load, name="imports of what plans", daemon=True).start()


def _load() -> None:
    importlib.import_module(f"{__package__}.work")
