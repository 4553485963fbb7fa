"""What was simulated already: days whose staff has not changed since need no second simulation."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

MOST_BYTES = 2**27
"""Room for outcomes in bytes, at least 0: a week of a desk of 300 people needs some 10 million, of each seed."""


class Memory:
    """Outcomes of parts of a desk by the digest of all that they hang on; the oldest make room for new ones."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes, self._bytes = most_bytes, 0
        self._known: OrderedDict[bytes, np.ndarray] = OrderedDict()

    def get(self, key: bytes) -> np.ndarray | None:
        """Return the outcome of that digest, None where none is known."""
        found = self._known.get(key)
        if found is not None:
            self._known.move_to_end(key)
        return found

    def keep(self, key: bytes, outcome: np.ndarray) -> None:
        """Keep an outcome, which must not change any more."""
        self._known[key] = outcome
        self._bytes += outcome.nbytes
        while self._bytes > self._most_bytes:
            self._bytes -= self._known.popitem(last=False)[1].nbytes
