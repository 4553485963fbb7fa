"""What the worker processes of this machine load first: a Ctrl-C or a closed terminal is for their driver alone.

The system sends both to all processes of a terminal. Workers that died of them would be started again and again while
the driver ends; they end with the driver in any case.
"""

from __future__ import annotations

import signal
from typing import Any

MEANT_FOR_THE_DRIVER = ("SIGINT", "SIGHUP", "SIGBREAK")


def dask_setup(worker: Any) -> None:
    """Ignore the signals; Dask calls this in each new worker, in its main thread."""
    for name in MEANT_FOR_THE_DRIVER:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
