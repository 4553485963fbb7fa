"""A commented hiring.toml: what is given stands there, every default stands there as a comment to replace."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from ..config.toml_text import toml_text
from .build import OWN_HOURS, own_hour, priced, prices_of
from .outcome import HiringOutcome
from .schema import Classes, Factors, HiringConfig, Hours, People, Prices
from .tables import presence_of_work
from .terms import Vendor

TABLES: tuple[tuple[str, type[BaseModel]], ...] = (
    ("people", People), ("hours", Hours), ("classes", Classes), ("prices", Prices), ("vendor", Vendor),
    ("factors", Factors),
)  # fmt: skip
WIDTH = 100


def commented(outcome: HiringOutcome) -> str:
    """Return the hiring.toml of a run; with it in the planner's folder the same plan is made again."""
    config, given = outcome.file.config, outcome.file.given
    head = [
        "# What the hiring plan is made from. A line without # was given; a line that begins with # is a default:",
        "# an example that can be defended, not a measurement of this centre. Replace what you know better.",
    ]
    if outcome.matters:
        head.append("# These defaults change the plan most: " + ", ".join(m.key for m in outcome.matters[:3]) + ".")
    parts = ["\n".join(head)]
    shown = _computed(outcome)
    plain = [n for n in HiringConfig.model_fields if n not in dict(TABLES) and n not in NESTED]
    parts.append("\n".join(_lines(HiringConfig, config, plain, "", given, shown)))
    for name, kind in TABLES:
        lines = _lines(kind, getattr(config, name), list(kind.model_fields), f"{name}.", given, shown)
        parts.append("\n".join([f"[{name}]", *lines]))
    nested = {n: _plain(getattr(config, n)) for n in ("contract", "group", "plan") if getattr(config, n)}
    if nested:
        parts.append(toml_text(nested).rstrip())
    for name in ("transfer", "step"):
        parts += [f"[[{name}]]\n" + toml_text(_plain(table)).rstrip() for table in getattr(config, name)]
    return "\n\n".join(parts) + "\n"


NESTED = ("contract", "group", "transfer", "step", "plan")
"""Keys of `HiringConfig` that are written only where they are given."""


def _lines(
    kind: type[BaseModel],
    config: BaseModel,
    names: Iterable[str],
    path: str,
    given: frozenset[str],
    shown: Mapping[str, float],
) -> list[str]:
    """Return the lines of one table: meaning above, key and value below, defaults as comments."""
    told, out, said = meanings(kind), [], ""
    for name in names:
        value = getattr(config, name)
        value = shown.get(path + name) if value is None else value
        if told[name] != said:  # neighbours may be explained together
            out += [f"# {line}" for line in textwrap.wrap(told[name], WIDTH)]
        said = told[name]
        if value is None:
            out.append(f"# {name} =")
        else:
            line = toml_text({name: _plain(value)}).rstrip()
            out.append(line if path + name in given else f"# {line}")
    return out


def _computed(outcome: HiringOutcome) -> dict[str, float]:
    """Return the prices that followed from wages, those of the first group."""
    group, config = outcome.problem.groups[0], outcome.file.config
    kinds = tuple(k for k in outcome.problem.kinds if k.group == group.name)
    hour = own_hour(kinds, float(presence_of_work(outcome, group).mean()))
    found = priced(config.prices, prices_of(config.prices, hour))
    return {f"prices.{name}": round(float(getattr(found, name)), 2) for name in OWN_HOURS}


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
