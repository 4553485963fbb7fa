"""The normal quantile of the kernels against that of scipy."""

import numpy as np
import pytest
from scipy import special

from busyhour.forecast.queueing.formulas.normal import normal_quantile


def test_the_quantile_is_that_of_scipy():
    u = np.concatenate([np.linspace(1e-6, 1 - 1e-6, 2001), [0.075, 0.925, 2.0**-38, 1 - 2.0**-38, 1e-300, 0.5]])
    assert [normal_quantile(x) for x in u] == pytest.approx(special.ndtri(u), rel=1e-14, abs=1e-15)
