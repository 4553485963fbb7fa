"""A folder of vendors and a contract become a scorecard; nothing is written."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ...forecast.errors import InputError
from ...forecast.progress import Watch
from ...schedule.contracts.attainment import Counts, attained_periods
from ...schedule.contracts.contract import Contract
from ...schedule.contracts.goal import Goal
from ...schedule.contracts.sampling import ScorerSpread
from ...schedule.contracts.scorecard import Settings, as_measured, scorecard
from ..config.contract_toml import ContractFile
from ..config.scorecard_toml import FILE as SETTINGS
from ..config.scorecard_toml import ScorecardConfig, read_scorecard_toml, refuse_unknown
from ..inputs.snapshot import InputFile
from .card import MadeCard
from .quality import FILE as QUALITY
from .quality import Scores, judged_goals, read_quality
from .vendor_calls import VendorCalls, read_vendor_calls

CONTRACT = "contract.toml"
CALL_PLACES = "calls/VENDOR.csv (or calls.csv with a column vendor)"


def score_vendors(contract_path: Path, folder: Path, *, seed: int = 0, watch: Watch | None = None) -> MadeCard:
    """Return the scorecard of the vendors of a folder under a contract.

    Parameters
    ----------
    contract_path
        A contract.toml, or a folder with one. Its goals, exclusions and money hold for every vendor alike.
    folder
        Holds ``calls/VENDOR….csv`` or a ``calls.csv`` with a column of vendors, ``quality.csv`` and, where wanted,
        ``scorecard.toml``; each may be missing, but not all.
    seed
        Of the draws behind intervals and ranks.

    Raises
    ------
    InputError
        On anything that cannot be read without guessing, and where there is neither a call nor a score.
    """
    watch, began = watch or Watch(), time.monotonic()
    if not folder.is_dir():
        raise InputError("not a folder", file=folder, mend=f"Name the folder with {CALL_PLACES} and {QUALITY}")
    file = ContractFile.read(contract_path)
    config, settings_file = read_scorecard_toml(folder)
    notes: list[str] = []
    contract = _without_lock(file.contract, notes)
    _check_names(config, contract)
    watch.tell("calls", str(folder))
    found = read_vendor_calls(folder, file)
    watch.tell("scores", QUALITY)
    scores = _scores(folder, contract, tuple(found.calls), config)
    if not found.calls and scores.rows.empty:
        mend = f"Bring {CALL_PLACES}, or scores in {QUALITY}"
        raise InputError("neither calls nor scores", file=folder, mend=mend)
    watch.tell("count", f"{len(found.calls)} vendors")
    counts = {vendor: _counts(contract, vendor, calls, scores.rows, found) for vendor, calls in found.calls.items()}
    counted: dict[str, dict[str, pd.DataFrame]] = {
        goal.name: {vendor: one.goals[goal.name] for vendor, one in counts.items()}
        for goal in contract.goals
        if goal.counted
    }
    settings = Settings(
        config.quality, {name: ends.scale for name, ends in config.scale.items()}, scores.weights,
        ScorerSpread(config.scorers.share, config.scorers.worth), config.draws,
    )  # fmt: skip
    watch.tell("rank")
    card = scorecard(contract, counted, scores.rows, settings, seed=seed)
    days = [t["start"].dt.tz_localize(None) for of in counted.values() for t in of.values() if len(t)]
    days += [scores.rows["date"]] if len(scores.rows) else []
    if not days:
        mend = f"Bring {CALL_PLACES} for goals that are counted, {QUALITY} for those that are judged"
        raise InputError("no goal of the contract has calls or scores", file=folder, mend=mend)
    every = pd.concat(days)
    inputs = {CONTRACT: InputFile.read(file.path), **found.files}
    inputs |= {SETTINGS: settings_file} if settings_file is not None else {}
    inputs |= {QUALITY: InputFile.read(folder / QUALITY)} if (folder / QUALITY).exists() else {}
    notes += [*found.notes, *scores.notes, *_absent(contract, found, scores), *_leftovers(contract, config)]
    return MadeCard(
        card, inputs, found.names, f"{every.min():%Y-%m-%d}", f"{every.max():%Y-%m-%d}",
        tuple(notes), {v: tuple(attained_periods(one)) for v, one in counts.items()}, seed, time.monotonic() - began,
    )  # fmt: skip


def _without_lock(contract: Contract, notes: list[str]) -> Contract:
    """Return the contract without its locked forecast, which is one vendor's."""
    if contract.lock is None:
        return contract
    notes.append("the locked forecast gives no relief here: it is of one vendor; busyhour attain counts it")
    return replace(contract, lock=None)


def _check_names(config: ScorecardConfig, contract: Contract) -> None:
    """Refuse scales of what the contract does not count."""
    counted: Mapping[str, Goal] = {goal.name: goal for goal in contract.goals if goal.counted}
    refuse_unknown(config.scale, counted, "scale", f"Goals counted from calls: {', '.join(counted) or 'none'}")


def _scores(folder: Path, contract: Contract, vendors: tuple[str, ...], config: ScorecardConfig) -> Scores:
    """Return the scores of the folder, none where there is no file."""
    path = folder / QUALITY
    if not path.exists():
        return Scores.none()
    return read_quality(path, contract, vendors, config.date_format)


def _counts(contract: Contract, vendor: str, calls: pd.DataFrame, scores: pd.DataFrame, found: VendorCalls) -> Counts:
    """Return every goal of one vendor counted, to the last day that has calls or scores.

    Money is left aside: its fee is that of one vendor.
    """
    own = scores[scores["vendor"] == vendor]
    last = calls["start"].dt.tz_localize(None).max()
    if len(own):
        last = max(last, own["date"].max())
    try:
        return Counts.of(
            replace(contract, money=None), calls, scores=as_measured(own), until=last.date() + dt.timedelta(days=1)
        )
    except InputError as error:
        files = ", ".join(found.names[vendor])
        what = f"vendor {vendor} ({files}): {error.what}"
        raise InputError(what, column=error.column, value=error.value, mend=error.mend) from error


def _absent(contract: Contract, found: VendorCalls, scores: Scores) -> list[str]:
    """Say which vendors lack calls or scores, each a sentence without its point."""
    if scores.rows.empty:
        judged = [goal.name for goal in judged_goals(contract).values()]
        return [f"there are no scores: {', '.join(judged)} have no figure"] if judged else []
    scored = {str(v) for v in scores.rows["vendor"].unique()}
    return [f"{vendor} has no score" for vendor in found.calls if vendor not in scored]


def _leftovers(contract: Contract, config: ScorecardConfig) -> list[str]:
    """Say which goals are in no score, each a sentence without its point."""
    out = [
        f'{goal.name} earns no points: write [scale."{goal.name}"] worst and best (s) into {SETTINGS}'
        for goal in contract.goals
        if goal.counted and not goal.is_share and goal.name not in config.scale
    ]
    out += [
        f"{g.name} is not on the scorecard: it is measured, not scored"
        for g in contract.goals
        if not g.counted and not g.is_share
    ]
    return out
