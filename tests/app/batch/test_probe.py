"""Which workers may plan."""

from __future__ import annotations

import pytest

from busyhour.app.batch.on_dask import is_private
from busyhour.app.batch.probe import QUESTION, misfit, unfit


def test_this_process_fits_itself() -> None:
    """The question is plain Python: a worker without busyhour can answer it."""
    own = eval(QUESTION, {})
    assert misfit(own) == ""
    assert misfit({**own, "python": own["python"] + "9"}) == ""


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"busyhour": ""}, "not installed"),
        ({"busyhour": "9.9"}, "busyhour 9.9 instead of"),
        ({"highspy": "1.14.0"}, "highspy 1.14.0 instead of"),
        ({"numba": ""}, "numba is missing instead of"),
        ({"python": "3.9.1"}, "Python 3.9.1 instead of"),
    ],
)
def test_other_versions_are_named(change: dict[str, str], says: str) -> None:
    """Whatever a plan depends on must be the same."""
    assert says in misfit(eval(QUESTION, {}) | change)


def test_a_worker_needs_a_nanny_and_one_thread() -> None:
    """Both are seen before anything is sent."""
    assert unfit({"nanny": "tcp://x", "nthreads": 1}) == ""
    assert "nanny" in unfit({"nanny": None, "nthreads": 1})
    assert "--nthreads 1" in unfit({"nanny": "tcp://x", "nthreads": 4})


def test_addresses_that_others_can_reach() -> None:
    """Encrypted, or on this machine, or a warning."""
    assert all(map(is_private, ["tls://far:8786", "tcp://127.0.0.1:1", "tcp://localhost:1", "tcp://[::1]:1"]))
    assert not any(map(is_private, ["tcp://far:8786", "tcp://10.0.0.1:8786", "far:8786", "ws://far:1"]))
