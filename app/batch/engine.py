"""Which engine does the work: this process, worker processes of this machine, or somebody's cluster."""

from __future__ import annotations

from .schema import Run
from .task import Engine, Tell


def engine_of(run: Run, tell: Tell) -> Engine:
    """Return the engine that ``[run]`` of batch.toml asks for; enter it to start it.

    Parameters
    ----------
    run
        Its `workers`, `cluster`, `files` and `memory_gb`.
    tell
        Called with progress, from any thread.
    """
    if not run.cluster and run.workers == 0:
        from .in_process import InProcess  # imports all that plans

        return InProcess(tell)
    from .on_dask import OnDask  # Dask takes half a second to import

    ships = run.files == "shipped"
    return OnDask(run.workers, address=run.cluster, ships=ships, memory_gb=run.memory_gb, tell=tell)
