"""`scorecard.toml`: how goals become scores; read and checked key by key. Every key is optional."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ...forecast.errors import InputError
from ...schedule.contracts.sampling import ScorerSpread
from ...schedule.contracts.scorecard import Scale
from ..inputs.snapshot import InputFile
from .plan_toml import complaint, plan_tables, refuse_flags

FILE = "scorecard.toml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Ends(_Strict):
    """The scale of a goal's points.

    Parameters
    ----------
    worst, best
        The figure that earns no point, and the one that earns all; either may be the larger.
    """

    worst: float
    best: float

    @model_validator(mode="after")
    def _apart(self) -> Ends:
        Scale(self.worst, self.best)
        return self

    @property
    def scale(self) -> Scale:
        """The two ends as a scale."""
        return Scale(self.worst, self.best)


class Scorers(_Strict):
    """What is assumed of scorers before any score is seen.

    Parameters
    ----------
    share
        Share of the variance of scores that lies between scorers: some are strict, some are kind.
    worth
        Scorers that the assumption is worth: as many seen scorers weigh as much.
    """

    share: float = Field(default=ScorerSpread.share, ge=0, lt=1)
    worth: float = Field(default=ScorerSpread.worth, gt=0, le=1000)


class ScorecardConfig(_Strict):
    """All of `scorecard.toml`.

    Parameters
    ----------
    quality
        Share of the quality score in the overall score. Without it there is no overall score: what people judge is
        not put together with what is counted.
    draws
        How often figures are drawn for the probabilities of ranks.
    date_format
        ``strftime`` format of the dates of quality.csv, where they could be read in two ways.
    scale, scorers
        Tables, see there.
    """

    quality: float | None = Field(default=None, ge=0, le=1)
    draws: int = Field(default=4000, ge=200, le=100_000)
    date_format: str | None = None
    scale: Mapping[str, Ends] = Field(default_factory=dict)
    scorers: Scorers = Scorers()


def read_scorecard_toml(folder: Path) -> tuple[ScorecardConfig, InputFile | None]:
    """Return what scorecard.toml of a folder says and the file as it was read; the defaults and None without one.

    Raises
    ------
    InputError
        If the file is not TOML, has an unknown key (the nearest is named) or a value out of range.
    """
    path = folder / FILE
    if not path.exists():
        return ScorecardConfig(), None
    file = InputFile.read(path)
    return scorecard_config(plan_tables(file.content, path), path), file


def scorecard_config(raw: Mapping[str, Any], path: Path) -> ScorecardConfig:
    """Check the plain dict of a scorecard.toml; `path` is named in errors.

    Raises
    ------
    InputError
        On an unknown key or a value out of range.
    """
    try:
        config = ScorecardConfig.model_validate(raw)
    except ValidationError as errors:
        raise complaint(errors, path, ScorecardConfig) from errors
    refuse_flags(raw, config, path)
    return config


def refuse_unknown(given: Mapping[str, Any], known: Mapping[str, Any], table: str, mend: str) -> None:
    """Raise `InputError` where a table of scorecard.toml names what the contract does not have."""
    for name in given:
        if name not in known:
            raise InputError("unknown name", file=FILE, column=f"{table}.{name}", value=name, mend=mend)
