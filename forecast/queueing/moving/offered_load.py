"""The modified offered load of a moving queue: the busy agents if there were enough for everybody."""

from __future__ import annotations

import numpy as np


def offered_loads(rates: np.ndarray, handle_rate: np.ndarray, bin_s: float) -> np.ndarray:
    r"""Return the modified offered load in erlang at the middle of each bin, from an empty desk.

    The solution of :math:`m'(t) = λ(t) - m(t)/h` (Jennings, Mandelbaum, Massey and Whitt 1996) for rates and handle
    times that are constant within a bin.

    Parameters
    ----------
    rates
        Calls per second, shape (…, B).
    handle_rate
        1 / mean handle time per second, shape (B,).
    bin_s
        Seconds of a bin.

    Returns
    -------
    np.ndarray
        Shape of `rates`.
    """
    out = np.empty(rates.shape)
    load = np.zeros(rates.shape[:-1])
    for b, handle in enumerate(handle_rate):
        half = np.exp(-0.5 * bin_s * handle)
        rate = rates[..., b] / handle
        out[..., b] = rate + (load - rate) * half
        load = rate + (out[..., b] - rate) * half
    return out
