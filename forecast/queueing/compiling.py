"""Kernels: functions of plain numbers and flat arrays that run as plain Python, or compiled where many cases come.

One text serves both ways, so the two cannot drift apart. Few cases are answered at once, without even importing the
compiler; many cases are answered by machine code, which numba makes once and keeps on disk. The choice depends only on
the number of cases: the same question gets the same answer to the last digit, whatever was asked before.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, update_wrapper
from types import FunctionType
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

FEW = 15_000
"""Most cases that run as plain Python, at least 0: as many take Erlang C 0.1 s and Erlang A half a second, less than
loading the compiler."""


class Kernel(Generic[P, R]):
    """A function that calls only numpy, math and other kernels; used as a decorator.

    A kernel is written so that both ways agree: numbers taken out of arrays pass through ``float``, sums are loops, and
    no result depends on a division by zero or an overflowing exponential.
    """

    def __init__(self, plain: Callable[P, R]) -> None:
        self.plain = plain
        update_wrapper(self, plain)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run uncompiled."""
        return self.plain(*args, **kwargs)

    @cached_property
    def compiled(self) -> Callable[P, R]:
        """The same function compiled when it is first called, together with the kernels that it calls."""
        from ..kernels import as_numpy

        assert isinstance(self.plain, FunctionType)
        names = self.plain.__globals__
        inner = {k: names[k].compiled for k in self.plain.__code__.co_names if isinstance(names.get(k), Kernel)}
        twin = FunctionType(self.plain.__code__, {**names, **inner}, self.plain.__name__)
        update_wrapper(twin, self.plain)
        compiled: Callable[P, R] = as_numpy(twin)
        return compiled

    def suited(self, cases: int) -> Callable[P, R]:
        """Return the way to run that many cases: compiled if they are more than `FEW`."""
        return self.compiled if cases > FEW else self.plain
