"""The people who will be there: those of the roster, less the share that is usually absent."""

from __future__ import annotations

import numpy as np


def present(heads: np.ndarray, absent: float) -> np.ndarray:
    """Return whole people there in each slot when a share of `heads` is absent, shape of `heads`.

    The queue's law asks for whole people. What rounding takes from a slot is given to the next ones, so that no more
    than half a person is lost or won over any stretch of the day, and the mean is that of the roster less absence. The
    carry begins anew after a slot without anybody.
    """
    out, carry = np.zeros(len(heads), dtype=np.int64), 0.0
    for i, there in enumerate(heads * (1.0 - absent)):
        if there <= 0.0:
            carry = 0.0
            continue
        out[i] = max(int(np.floor(there + carry + 0.5)), 0)
        carry += there - out[i]
    return out
