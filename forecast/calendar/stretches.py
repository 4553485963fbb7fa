"""Stretches of a time axis in which something holds."""

from __future__ import annotations

import numpy as np


def stretches(mask: np.ndarray) -> list[tuple[int, int]]:
    """Return the half-open index ranges in which `mask` (one-dimensional) holds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
