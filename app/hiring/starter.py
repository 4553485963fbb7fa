"""A commented hiring.toml: what is given stands there, every default stands there as a comment to replace."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ..config.plan_toml import HIRING, PLAN, plan_tables
from ..config.toml_text import toml_text
from ..publish.content import HIRING_MONEY, hiring_without_money
from .build import OWN_HOURS, priced
from .config import FILE, parse
from .outcome import HiringOutcome
from .schema import Classes, Factors, HiringConfig, Hours, People, Prices
from .terms import Vendor
from .words import PAID

TABLES: tuple[tuple[str, type[BaseModel]], ...] = (
    ("people", People), ("hours", Hours), ("classes", Classes), ("prices", Prices), ("vendor", Vendor),
    ("factors", Factors),
)  # fmt: skip
WIDTH = 100


def commented(outcome: HiringOutcome, *, wages: bool = True) -> str:
    """Return the hiring.toml of a run; with it in the planner's folder the same plan is made again.

    Parameters
    ----------
    wages
        Whether prices and wages stand there; without them the file says so.
    """
    config, given = outcome.file.config, outcome.file.given
    if not wages:
        config = parse(hiring_without_money(_plain(config)), Path(FILE))
    head = [
        "# What the hiring plan is made from. A line without # was given; a line that begins with # is a default:",
        "# an example that can be defended, not a measurement of this centre. Replace what you know better.",
    ]
    if outcome.matters:
        head.append("# These defaults change the plan most: " + ", ".join(m.key for m in outcome.matters[:3]) + ".")
    if not wages:
        head.append("# Written without money: prices and wages are left out, the plan was made with them.")
    if outcome.file.scenario is not None:
        head.append(f"# Scenario {outcome.file.scenario} is part of what stands at the top and in the tables.")
    if given and FILE not in outcome.file.files:
        head.append(f"# {PLAN} has [{HIRING}]: take it out before this file is put beside it.")
    parts = ["\n".join(head)]
    shown = _computed(outcome) if wages else {}
    hidden = {} if wages else HIRING_MONEY
    plain = [
        n for n in HiringConfig.model_fields
        if n not in dict(TABLES) and n not in NESTED and not isinstance(getattr(config, n), Mapping)
    ]  # fmt: skip
    parts.append("\n".join(_lines(HiringConfig, config, plain, "", given, shown)))
    for name, kind in TABLES:
        fields = [n for n in kind.model_fields if n not in hidden.get(name, ())]
        lines = _lines(kind, getattr(config, name), fields, f"{name}.", given, shown)
        parts.append("\n".join([f"[{name}]", *lines]))
    values = {n: getattr(config, n) for n in ("growth", "contract", "group", "plan")}
    nested = {n: _plain(value) for n, value in values.items() if value and isinstance(value, Mapping)}
    parts.append("\n".join(f"# {line}" for line in textwrap.wrap(PAID, WIDTH)))
    if nested:
        parts.append(toml_text(nested).rstrip())
    for name in ("transfer", "step"):
        rows = [_plain(table) for table in getattr(config, name)]
        if not wages:
            rows = hiring_without_money({name: rows})[name]
        parts += [f"[[{name}]]\n" + toml_text(row).rstrip() for row in rows]
    if scenarios := _scenarios(outcome):
        told = scenarios if wages else hiring_without_money({"scenario": scenarios})["scenario"]
        parts.append(toml_text({"scenario": told}).rstrip())
    return "\n\n".join(parts) + "\n"


NESTED = ("contract", "group", "transfer", "step", "plan")
"""Keys of `HiringConfig` that are written only where they are given."""


def _lines(
    kind: type[BaseModel],
    config: BaseModel,
    names: Iterable[str],
    path: str,
    given: frozenset[str],
    shown: Mapping[str, str],
) -> list[str]:
    """Return the lines of one table: meaning above, key and value below, defaults as comments."""
    told, out, said = meanings(kind), [], ""
    for name in names:
        value = getattr(config, name)
        if told[name] != said:  # neighbours may be explained together
            out += [f"# {line}" for line in textwrap.wrap(told[name], WIDTH)]
        said = told[name]
        if value is None:
            out.append(f"# {name} = {shown.get(path + name, '')}".rstrip())
        else:
            line = toml_text({name: _plain(value)}).rstrip()
            told_by_caller = path + name in given or value != kind.model_fields[name].default
            out.append(line if told_by_caller else f"# {line}")
    return out


def _computed(outcome: HiringOutcome) -> dict[str, str]:
    """Return the prices that followed from wages, as they were used; where groups differ, of each group."""
    groups, out = outcome.problem.groups, {}
    used = [priced(outcome.file.config.prices, g.recourse) for g in groups]
    for name in OWN_HOURS:
        money = [str(round(float(getattr(prices, name)), 2)) for prices in used]
        others = "; ".join(f"{g.name}: {m}" for g, m in zip(groups, money, strict=True))
        out[f"prices.{name}"] = money[0] if len(set(money)) == 1 else f"{money[0]}  # {others}"
    return out


def _scenarios(outcome: HiringOutcome) -> Mapping[str, Any]:
    """Return the scenarios of the planner's own hiring, as they were written."""
    if FILE in outcome.file.files:
        file = outcome.file.files[FILE]
        tables = plan_tables(file.content, file.path)
    elif PLAN in outcome.files:
        file = outcome.files[PLAN]
        tables = plan_tables(file.content, file.path).get(HIRING, {})
    else:
        return {}
    found: Mapping[str, Any] = tables.get("scenario", {})
    return found


def _plain(value: Any) -> Any:
    """Return a value as TOML holds it."""
    if isinstance(value, BaseModel):
        return {k: _plain(v) for k, v in value.model_dump(exclude_none=True).items()}
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, tuple | list) else value


def meanings(kind: type[BaseModel]) -> dict[str, str]:
    """Return the meaning of each key, from the parameters of the docstring."""
    text = inspect.cleandoc(kind.__doc__ or "")
    section = text.partition("Parameters\n----------\n")[2]
    out: dict[str, str] = {}
    for names, meaning in re.findall(r"^(\w[\w, ]*)\n((?: {4}.*\n?)+)", section, re.MULTILINE):
        said = " ".join(textwrap.dedent(meaning).split()).replace("``", "")
        out |= {name.strip(): said for name in names.split(",")}
    return out
