"""The engine on Dask: worker processes of this machine, or a cluster that somebody else runs.

One unit is in flight per worker, sent there by name: what dies with a worker is then one unit, and the ledger alone
counts attempts.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import os
import queue
import signal
import time
import uuid
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing import active_children
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import dask
from distributed import Client, Future, LocalCluster
from distributed.scheduler import KilledWorker
from distributed.versions import VersionMismatchWarning

from ...forecast.errors import InputError
from ...forecast.progress import Event
from ..cli.exit_codes import INTERNAL
from .bundles import unpacked
from .carried import FOLDERS, carried, shipped
from .crew import ANSWER_S, LOOK_S, Crew
from .task import Answer, EngineFault, Task, Tell, Told, stopped, too_long

SETTINGS = {
    "distributed.scheduler.allowed-failures": 0,  # a unit that killed its worker is the ledger's business
    "distributed.scheduler.work-stealing": False,
    "distributed.worker.memory.target": False,  # a plan's memory is its own: nothing can be spilled
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": 0.98,
    "distributed.deploy.lost-worker-timeout": "10 minutes",  # a busy machine takes long to start a worker again
    "distributed.worker.profile.enabled": False,  # else a hundred looks a second at the stack of every plan
    "distributed.admin.large-graph-warning-threshold": "4GB",  # inputs are shipped through the scheduler on purpose
}
"""Dask's settings while an engine lives; a scheduler that somebody else runs has its own."""
CONNECT_S, CLOSE_S = 10.0, 3.0
"""Seconds for a scheduler to answer, and for the processes of this machine to end."""
WORKER = "Dask Worker process"
"""How Dask names the processes of the workers that it starts."""
GONE = (OSError, RuntimeError, TimeoutError)
"""What Dask raises where nobody is there any more."""


@dataclass
class _Flight:
    """A task on its way: its result to be, its worker, and when it was sent."""

    task: Task
    future: Future
    address: str
    began: float = field(default_factory=time.monotonic)


class OnDask:
    """Workers of this machine, or of a scheduler that somebody else runs.

    Parameters
    ----------
    workers
        Processes on this machine, at least 1; without meaning where there is an `address`.
    address
        Of somebody else's scheduler, like ``tls://host:8786``; certificates are Dask's own settings. "" = the workers
        are started here, and end with this process.
    ships
        Whether files travel with the tasks; else all machines see the same paths.
    memory_gb
        Memory of a worker of this machine, GB (10⁹ bytes); one that takes more is ended.
    tell
        Called with progress.
    """

    def __init__(self, workers: int, *, address: str = "", ships: bool = False, memory_gb: float = 2.0, tell: Tell):
        self.workers, self.address, self.ships = workers, address, ships and bool(address)
        self.memory_gb, self.tell = memory_gb, tell
        self._topic = f"busyhour-{uuid.uuid4().hex}"
        self._flights: dict[str, _Flight] = {}
        self._ended: queue.Queue[str] = queue.Queue()
        self._told: list[Answer] = []
        self._stopped, self._up = False, False
        self._others = {process.pid for process in active_children()}
        self._closing = contextlib.ExitStack()

    @property
    def places(self) -> int:
        """Workers usable now, busy or not."""
        return 0 if self._stopped else len(self._crew.usable)

    def __enter__(self) -> Self:
        """Start or find the workers and wait for the first that are usable.

        Raises
        ------
        EngineFault
            If the scheduler does not answer, or no usable worker is there in time.
        """
        where = f"the scheduler at {self.address}" if self.address else "this machine"
        with contextlib.ExitStack() as closing:
            closing.enter_context(dask.config.set(SETTINGS))
            closing.enter_context(_quiet())
            try:
                cluster = self.address or closing.enter_context(_local(self.workers, self.memory_gb))
                # A client of its own: a script that calls us may have another, which stays the usual one.
                self._client = closing.enter_context(Client(cluster, timeout=CONNECT_S, set_as_default=False))
            # No answer, a nanny that cannot start, no such protocol; Dask asserts that its loop starts in time.
            except (*GONE, TypeError, ValueError, AssertionError) as error:
                raise EngineFault(f"{where} cannot be reached: {_first_line(error)}.{_mend(self.address)}") from error
            self._client.subscribe_topic(self._topic, self._progress)
            if self.address and not is_private(self.address):
                self._say(f"{self.address} is neither tls:// nor on this machine: whoever reaches it can run programs "
                          "as its workers")  # fmt: skip
            self._crew = Crew(self._client, where, self._say, elsewhere=bool(self.address))
            self._crew.await_first(1 if self.address else self.workers, lambda: self._stopped)
            self._closing = closing.pop_all()
        self._up = True
        return self

    def submit(self, task: Task) -> None:
        """Send a task to a worker that is free.

        Raises
        ------
        EngineFault
            If none is free.
        """
        if self._stopped:
            self._told.append(stopped(task))
            return
        free = self._crew.usable - {flight.address for flight in self._flights.values()}
        if not free:
            raise EngineFault("no worker is free.")
        task, address = _absolute(task), min(free, key=self._crew.name)
        bundle = shipped(task) if self.ships else None
        key = f"unit-{task.unit}-{task.attempt}-{uuid.uuid4().hex}"
        where = {"workers": [address], "allow_other_workers": False}
        future = self._client.submit(carried, task, bundle, self._topic, key=key, pure=False, **where)
        self._flights[key] = _Flight(task, future, address)
        future.add_done_callback(lambda done: self._ended.put(done.key))

    def answers(self, timeout_s: float) -> Sequence[Answer]:
        """Wait until a task is answered, at most `timeout_s` seconds, and return all that were since the last call.

        Raises
        ------
        EngineFault
            If the scheduler is gone, or no worker is left and none has come for a minute.
        """
        until = time.monotonic() + timeout_s
        while not self._told and (left := until - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                self._gather(self._ended.get(timeout=min(left, LOOK_S)))
            if not self._stopped:
                self._look()
        while not self._ended.empty():
            self._gather(self._ended.get())
        found, self._told = self._told, []
        return found

    def stop(self) -> None:
        """Begin nothing more; workers see within a second that nobody wants their results any more.

        Workers of this machine that are still starting are ended, so that whoever waits for them goes on at once.
        """
        self._stopped = True
        for process in self._starting():
            process.kill()
        flights, self._flights = list(self._flights.values()), {}
        self._told += [replace(stopped(f.task), worker=self._crew.name(f.address)) for f in flights]
        if flights:
            with contextlib.suppress(*GONE):
                self._client.cancel([f.future for f in flights])

    def close(self) -> None:
        """End the workers of this machine, or leave somebody else's."""
        self.stop()
        self._closing.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def _starting(self) -> list[BaseProcess]:
        """Return the processes of our workers while these are not up: nobody else's, for Dask makes no others here."""
        if self._up or self.address:
            return []
        return [p for p in active_children() if p.name.startswith(WORKER) and p.pid not in self._others]

    def _look(self) -> None:
        """Give up the units of workers that are gone, or that take longer than they may."""
        there, now = self._crew.look(), time.monotonic()
        for key, flight in [(key, f) for key, f in self._flights.items() if not f.future.done()]:
            if there is not None and flight.address not in there:
                self._lose(key, self._died(flight.address))
            elif now - flight.began > flight.task.timeout_s:
                self._lose(key, too_long(flight.task))
                self._crew.restart(flight.address)

    def _gather(self, key: str) -> None:
        """Turn a task that is done into an answer; its result leaves the cluster at once."""
        flight = self._flights.get(key)
        if flight is None:
            return
        if flight.future.status != "finished":
            error = flight.future.exception(timeout=ANSWER_S) if flight.future.status == "error" else None
            died = error is None or isinstance(error, KilledWorker)
            self._lose(key, self._died(flight.address) if died else f"{_first_line(error)}.")
            return
        try:
            answer, bundle = flight.future.result(timeout=ANSWER_S)
            if bundle is not None:
                unpacked(bundle, flight.task.staging)
            if answer.state == "done" and not flight.task.staging.is_dir():
                raise FileNotFoundError(f'{flight.task.staging} is not there: set files = "shipped" in [run]')
        except (InputError, *GONE) as error:
            self._lose(key, f"the result of {self._crew.name(flight.address)} did not come over: {_first_line(error)}.")
            return
        del self._flights[key]
        folder = flight.task.staging if answer.state == "done" else None
        self._told.append(replace(answer, folder=folder, worker=self._crew.name(flight.address)))

    def _lose(self, key: str, why: str) -> None:
        flight = self._flights.pop(key)
        with contextlib.suppress(*GONE):
            flight.future.cancel()
        task, seconds = flight.task, time.monotonic() - flight.began
        name = self._crew.name(flight.address)
        self._told.append(Answer(task.unit, task.attempt, "lost", INTERNAL, why, seconds=seconds, worker=name))

    def _died(self, address: str) -> str:
        """Say that a worker has died, and send nothing to its address until whoever is there is probed."""
        self._crew.usable.discard(address)
        memory = self._crew.memory(address)
        last = f"; it had taken {memory} of memory when last heard of" if memory else ""
        return f"{self._crew.name(address)} was killed, crashed, or was out of memory{last}."

    def _say(self, text: str) -> None:
        self.tell(Told(None, Event("engine", text)))

    def _progress(self, event: tuple[float, dict[str, Any]]) -> None:
        """Pass on what a worker tells; called in Dask's thread."""
        told = event[1]
        self.tell(Told(told["unit"], Event(**told["event"]), self._crew.name(told["worker"])))


def is_private(address: str) -> bool:
    """Whether nobody else can reach, or read, what goes to an address: it is encrypted, or on this machine."""
    parts = urlsplit(address)
    if parts.scheme == "tls":
        return True
    host = parts.hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextlib.contextmanager
def _local(workers: int, memory_gb: float) -> Iterator[LocalCluster]:
    """Start worker processes on this machine, heard on the loopback alone; at the end they are killed."""
    cluster = LocalCluster(
        n_workers=workers,
        processes=True,
        threads_per_worker=1,
        memory_limit=int(memory_gb * 1e9),
        dashboard_address=None,
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},  # its port for health checks: any that is free
        silence_logs=logging.CRITICAL,
        preload=["busyhour.app.batch.deaf", "busyhour.app.batch.planner"],
    )
    try:
        yield cluster
    finally:
        for nanny in cluster.workers.values():  # a busy worker takes seconds to end by itself, and has nothing to lose
            if nanny.pid is not None:
                with contextlib.suppress(OSError):
                    os.kill(nanny.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        with contextlib.suppress(*GONE):
            cluster.close(timeout=CLOSE_S)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Let Dask log nothing: what matters is told as progress or is an answer."""
    loggers = [logging.getLogger(name) for name in ("distributed", *logging.root.manager.loggerDict)
               if name.split(".")[0] in ("distributed", "tornado")]  # fmt: skip
    levels = [logger.level for logger in loggers]
    # Not for a while: what `catch_warnings` puts back at its end would undo what other threads have set meanwhile.
    warnings.filterwarnings("ignore", category=VersionMismatchWarning)  # each worker is probed
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _absolute(task: Task) -> Task:
    """Return a task whose paths hold in every process of this machine."""
    paths = {name: path.absolute() for name in FOLDERS if (path := getattr(task, name)) is not None}
    return replace(task, **paths, staging=task.staging.absolute())


def _mend(address: str) -> str:
    """Say what an encrypted connection needs; "" of another one."""
    if urlsplit(address).scheme != "tls":
        return ""
    return (
        " Certificates are told by DASK_DISTRIBUTED__COMM__TLS__CA_FILE, …__TLS__CLIENT__CERT and …__TLS__CLIENT__KEY: "
        "are they set here, and are their files there?"
    )


def _first_line(error: BaseException | None) -> str:
    if isinstance(error, AssertionError) and not str(error):
        return "Dask has not started within ten seconds; the machine may be busy"
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
