"""What a sample of scored calls says: a mean, and the 95 % interval in which the mean of all calls lies.

Scores of one person resemble each other: some score strictly, some kindly. Calls that few people scored tell less than
as many calls scored by many. The spread between scorers is estimated for each item over all vendors, by the analysis
of variance of one random factor (S. R. Searle, G. Casella, C. E. McCulloch, Variance Components, 1992, chapter 3),
and drawn towards an assumed one, since two or three scorers hardly show it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from ...forecast.errors import InputError
from ...forecast.ranges import Range, refuse_beyond

LEVEL = 0.95
"""Probability with which an interval holds the mean of all calls."""
Z = float(stats.norm.ppf(0.5 + LEVEL / 2))
MARGIN = 0.05
"""Half width of an interval, as a share of the rubric, that a reader would call sure: plus or minus five points."""
MOST_CALLS = 100_000
"""Calls of a sample, at most, that are worth telling."""


@dataclass(frozen=True)
class ScorerSpread:
    """What is assumed of scorers before any score is seen. No published study of scored calls stands behind it.

    Parameters
    ----------
    share
        Share of the variance of scores that lies between scorers, from 0 to below 1: a tenth, a little more than
        people have who are trained together.
    worth
        Scorers that the assumption is worth, above 0: as many seen scorers weigh as much as the assumption.
    """

    share: float = 0.1
    worth: float = 4.0

    def __post_init__(self) -> None:
        refuse_beyond(self, {"share": Range(0, 1, below=True), "worth": Range(0, 1000, above=True)})


@dataclass(frozen=True)
class Sample:
    """The mean of the scores of one vendor on one item, with its interval.

    Attributes
    ----------
    mean, low, high
        As shares of the rubric: 0 is its worst score, 1 its best.
    scores, scorers
        How many scores there are, and by how many people.
    effective
        Independent scores that tell as much.
    spread
        Standard deviation of one score, as a share of the rubric.
    between
        Share of the variance of scores that lies between scorers.
    freedom
        Degrees of freedom of the interval.
    yes_or_no
        Whether every score is the worst or the best of the rubric.
    """

    mean: float
    low: float
    high: float
    scores: int
    scorers: int
    effective: float
    spread: float
    between: float
    freedom: float
    yes_or_no: bool

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2

    @property
    def one_scorer(self) -> bool:
        """Whether one person gave all scores, so that strictness cannot be told from quality."""
        return self.scorers == 1

    def calls_for(self, margin: float = MARGIN) -> int | None:
        """Return how many calls, scored by the same people alike, would give an interval of plus or minus `margin`.

        None where no number of calls does: what these people's strictness leaves open is more than the margin.
        """
        needed = (margin / float(stats.t.ppf(0.5 + LEVEL / 2, self.freedom))) ** 2
        variance = self.spread**2
        alike = self.between / self.scorers
        if variance * alike >= needed:
            return None
        calls = math.ceil(variance * (1 - self.between) / (needed - variance * alike))
        return calls if calls <= MOST_CALLS else None

    def drawn(self, chances: np.ndarray) -> np.ndarray:
        """Return means of all calls that the sample allows: the quantiles of their law at `chances` (0 to 1).

        The law is a beta law with Jeffreys' prior where scores are yes or no, else Student's, cut at the rubric.
        """
        if self.yes_or_no or self.spread == 0:
            worth = self.effective * (Z / float(stats.t.ppf(0.5 + LEVEL / 2, self.freedom))) ** 2
            drawn = stats.beta.ppf(chances, self.mean * worth + 0.5, (1 - self.mean) * worth + 0.5)
        else:
            error = self.spread / math.sqrt(self.effective)
            drawn = self.mean + error * stats.t.ppf(chances, self.freedom)
        return np.asarray(np.clip(np.asarray(drawn, dtype=float), 0.0, 1.0))


def wilson(share: float, worth: float, factor: float = Z) -> tuple[float, float]:
    """Return the interval of a share by Wilson's score (E. B. Wilson, JASA 22, 1927).

    Parameters
    ----------
    share
        From 0 to 1.
    worth
        Independent yes-or-no answers behind the share, above 0; need not be whole.
    factor
        Quantile of the law of the error: 1.96 for 95 %.

    Examples
    --------
    >>> low, high = wilson(0.85, 20)
    >>> round(low, 3), round(high, 3)
    (0.64, 0.948)
    """
    square = factor**2 / worth
    middle = (share + square / 2) / (1 + square)
    half = math.sqrt(share * (1 - share) * square + square**2 / 4) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)


def samples(
    vendors: pd.Series,
    scorers: pd.Series,
    shares: pd.Series,
    assumed: ScorerSpread | None = None,
) -> Mapping[str, Sample]:
    """Return what the scores of one item say of each vendor.

    Parameters
    ----------
    vendors, scorers
        Whose call each score is of, and who gave the score.
    shares
        Scores as shares of the rubric, 0 to 1.
    assumed
        What is assumed of scorers; None = the defaults.

    Raises
    ------
    InputError
        If a score lies outside 0 to 1 or is unknown.
    """
    given = shares.to_numpy(dtype=float)
    if not bool(((given >= 0) & (given <= 1)).all()):
        raise InputError("a score lies outside its rubric", value=float(given[~((given >= 0) & (given <= 1))][0]))
    frame = pd.DataFrame(
        {"vendor": vendors.astype(str).to_numpy(), "scorer": scorers.astype(str).to_numpy(), "x": given}
    )
    within, between, freedom = _spreads(frame, assumed or ScorerSpread())
    yes_or_no = bool(np.isin(given, (0.0, 1.0)).all())
    out = {}
    for vendor, own in frame.groupby("vendor", sort=True):
        x, counts = own["x"].to_numpy(), own["scorer"].value_counts().to_numpy(dtype=float)
        out[str(vendor)] = _sample(x, counts, within, between, freedom, yes_or_no=yes_or_no)
    return out


def _spreads(frame: pd.DataFrame, assumed: ScorerSpread) -> tuple[float, float, float]:
    """Return the variance within the scores of one person, the share between people, and its degrees of freedom."""
    cells = frame.groupby(["vendor", "scorer"])["x"].agg(["size", "mean"]).reset_index()
    vendors = frame.groupby("vendor")["x"].mean()
    rest = float(((frame["x"] - frame.groupby(["vendor", "scorer"])["x"].transform("mean")) ** 2).sum())
    apart = float((cells["size"] * (cells["mean"] - cells["vendor"].map(vendors)) ** 2).sum())
    total, groups = len(frame), len(cells)
    inside, among = total - groups, groups - len(vendors)
    ratio = assumed.share / (1 - assumed.share)
    if inside == 0:  # everybody scored one call: their scores are independent
        return (apart / among if among else 0.0), 0.0, float(max(1, among))
    within = rest / inside
    seen = _scorers_seen(cells)
    estimate = 0.0
    if among and within > 0:
        squares = (cells["size"] ** 2).groupby(cells["vendor"]).sum() / cells.groupby("vendor")["size"].sum()
        usual = (total - float(squares.sum())) / among  # scores of one person on one vendor
        estimate = (apart / among / within - 1) / usual
    weighed = max(0.0, (seen * estimate + assumed.worth * ratio) / (seen + assumed.worth))
    return within, weighed / (1 + weighed), float(min(seen + assumed.worth, max(1, total - len(vendors))))


def _scorers_seen(cells: pd.DataFrame) -> int:
    """Return the degrees of freedom of what the scorers show of their spread.

    One of each group of vendors that share scorers, directly or through others, is lost: a group's scorers are compared
    with each other alone.
    """
    group: dict[str, str] = {}

    def first(name: str) -> str:
        while group.setdefault(name, name) != name:
            name = group[name]
        return name

    for vendor, scorer in zip(cells["vendor"], cells["scorer"], strict=True):
        group[first(f"v{vendor}")] = first(f"s{scorer}")
    groups = {first(f"v{vendor}") for vendor in cells["vendor"]}
    return int(cells["scorer"].nunique()) - len(groups)


def _sample(
    x: np.ndarray, counts: np.ndarray, within: float, between: float, freedom: float, *, yes_or_no: bool
) -> Sample:
    """Return what the scores `x` of one vendor say; `counts` are the scores of each person."""
    number, mean = len(x), float(x.mean())
    design = 1 + between * (float((counts**2).sum()) / number - 1)
    effective, factor = number / design, float(stats.t.ppf(0.5 + LEVEL / 2, freedom))
    own = float(x.var(ddof=1)) if number > 1 else 0.0
    usual = within / (1 - between)
    near = (number * mean + 2) / (number + 4)  # A. Agresti, B. A. Coull, 1998: all of few calls are not all calls
    variance = near * (1 - near) if yes_or_no else max(own, usual)
    if yes_or_no or variance == 0:
        low, high = wilson(mean, effective, factor)
    else:
        half = factor * math.sqrt(variance / effective)
        low, high = max(0.0, mean - half), min(1.0, mean + half)
    return Sample(mean, low, high, number, len(counts), effective, math.sqrt(variance), between, freedom, yes_or_no)
