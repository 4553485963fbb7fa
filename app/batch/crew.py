"""The workers of a cluster: which are there, which may be used, and why the others may not."""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from distributed import Client, Future

from .probe import QUESTION, misfit, unfit
from .task import EngineFault

LOOK_S = 0.5
"""Seconds between two looks at which workers there are."""
JOIN_S, SETTLE_S, GONE_S = 30.0, 5.0, 60.0
"""Seconds for the first usable worker to join; without a newcomer where none that is there may be used; and without any
worker before the work ends."""
RESTART_S, ANSWER_S = 30.0, 60.0
"""Seconds for a nanny to restart its worker, and for a result to come over."""


class Crew:
    """The workers of a scheduler; each is asked for its versions before it is used.

    Parameters
    ----------
    client
        Connected to the scheduler.
    where
        The scheduler, for people.
    say
        Called with a sentence on a worker that is ready, left out or gone.
    elsewhere
        Whether somebody else starts the workers.
    """

    def __init__(self, client: Client, where: str, say: Callable[[str], None], *, elsewhere: bool) -> None:
        self.usable: set[str] = set()
        self._elsewhere = elsewhere
        self._client, self._where, self._say = client, where, say
        self._names: dict[str, str] = {}
        self._memory: dict[str, str] = {}
        self._misfits: dict[str, str] = {}
        self._probes: dict[str, Future] = {}
        self._restarting: set[str] = set()
        self._looked, self._alive = 0.0, time.monotonic()
        self._newcomer = self._alive

    def name(self, address: str) -> str:
        """Return what people call the worker."""
        return self._names.get(address, address)

    def memory(self, address: str) -> str:
        """Tell how much memory the worker had when it was last heard of; "" where that is unknown."""
        return self._memory.get(address, "")

    def await_first(self, wanted: int, given_up: Callable[[], bool]) -> None:
        """Wait until `wanted` workers are usable, or some while the others do not come.

        Parameters
        ----------
        given_up
            Asked whether nobody wants the workers any more: the wait ends then.

        Raises
        ------
        EngineFault
            If there is none in time, or none of those that have come may be used.
        """
        until = time.monotonic() + JOIN_S
        while len(self.usable) < wanted and time.monotonic() < until and not given_up():
            self.look()
            if self._misfits and not self._probes and time.monotonic() - self._newcomer > SETTLE_S:
                break
            time.sleep(0.02)
        if not self.usable and not given_up():
            raise EngineFault(self._nobody())

    def look(self) -> set[str] | None:
        """See which workers there are and ask the new ones who they are; None where the last look was just now.

        Raises
        ------
        EngineFault
            If the scheduler is gone, or there has been no usable worker for `GONE_S`.
        """
        now, there = time.monotonic(), None
        if now - self._looked >= LOOK_S:
            self._looked = now
            workers = self._there()
            there = set(workers)
            self._forget(there)
            self._welcome(workers)
        self._hear_probes()
        if self.usable or self._restarting:
            self._alive = now
        elif now - self._alive > GONE_S:
            raise EngineFault(self._nobody())
        return there

    def _there(self) -> Mapping[str, Mapping[str, Any]]:
        """Ask the scheduler for its workers; what the client itself keeps of them, it forgets every two seconds.

        Raises
        ------
        EngineFault
            If the scheduler is gone.
        """
        scheduler = self._client.scheduler
        try:
            if scheduler is not None and self._client.status == "running":
                asked = {"n_workers": -1, "callback_timeout": ANSWER_S}
                told: Mapping[str, Any] = self._client.sync(scheduler.identity, **asked)
                return told["workers"]  # type: ignore[no-any-return]
        except (OSError, RuntimeError, TimeoutError) as error:
            raise EngineFault(f"{self._where} is gone.") from error
        raise EngineFault(f"{self._where} is gone.")

    def restart(self, address: str) -> None:
        """Let the nanny of a worker end it and start another, which is probed when it comes; returns at once."""
        self.usable.discard(address)
        self._restarting.add(address)

        def work() -> None:
            with contextlib.suppress(OSError, RuntimeError, TimeoutError):  # gone: whoever comes instead is probed
                self._client.restart_workers([address], timeout=RESTART_S, raise_for_error=False)
            self._restarting.discard(address)

        threading.Thread(target=work, name=f"restart of {address}", daemon=True).start()

    def _forget(self, there: set[str]) -> None:
        """Forget the workers that are gone."""
        for address in (self.usable | set(self._misfits) | set(self._probes)) - there:
            if address in self.usable:
                self.usable.discard(address)
                self._say(f"{self.name(address)} is gone")
            self._misfits.pop(address, None)
            if (probe := self._probes.pop(address, None)) is not None:
                probe.cancel()

    def _welcome(self, workers: Mapping[str, Mapping[str, Any]]) -> None:
        """Probe the workers that are new."""
        known = self.usable | set(self._misfits) | set(self._probes) | self._restarting
        for address, info in workers.items():
            used, most = info.get("metrics", {}).get("memory"), info.get("memory_limit")
            if used and most:
                self._memory[address] = f"{used / 1e9:.1f} of its {most / 1e9:.1f} GB"
            if address in known:
                continue
            self._newcomer, name = time.monotonic(), info.get("name")
            self._names[address] = f"worker {name}" if isinstance(name, int) else str(name or address)
            if why := unfit(info):
                self._leave_out(address, why)
                continue
            key = f"probe-{uuid.uuid4().hex}"
            where = {"workers": [address], "allow_other_workers": False}
            self._probes[address] = self._client.submit(eval, QUESTION, key=key, pure=False, **where)

    def _hear_probes(self) -> None:
        """Take the workers whose probe is answered well, and leave the others out by name."""
        for address, probe in [(address, probe) for address, probe in self._probes.items() if probe.done()]:
            del self._probes[address]
            if probe.status != "finished":
                continue  # the worker is gone, or comes again and is asked again
            if why := misfit(probe.result(timeout=ANSWER_S)):
                self._leave_out(address, why)
            else:
                self.usable.add(address)
                self._say(f"{self.name(address)} is ready")

    def _leave_out(self, address: str, why: str) -> None:
        self._misfits[address] = why
        self._say(f"{self.name(address)} is not used: {why}")

    def _nobody(self) -> str:
        """Say that no worker is left, and why."""
        if self._misfits:
            told = "; ".join(f"{self.name(address)}: {why}" for address, why in sorted(self._misfits.items()))
            return f"{self._where} has no worker that may be used. {told}."
        mend = ": start some with: dask worker ADDRESS --nthreads 1" * self._elsewhere
        return f"{self._where} has no worker{mend}."
