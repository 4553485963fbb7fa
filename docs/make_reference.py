"""Fill the generated blocks of the manual from the code, so that the reference cannot drift from it.

A block stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``. ``python docs/make_reference.py`` writes all
of them; the build of the manual fills them too; a test compares them with the code.
"""

from __future__ import annotations

import ast
import csv
import dataclasses
import importlib
import inspect
import re
import sys
import textwrap
import tomllib
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatch
from importlib import resources
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel

from busyhour.app.batch import schema as batch
from busyhour.app.cli.main import app
from busyhour.app.config import contract_toml, scorecard_toml
from busyhour.app.config import schema as config
from busyhour.app.hiring import schema as hiring
from busyhour.app.hiring import terms
from busyhour.app.intake import mapping
from busyhour.app.intake.mapping import Intake
from busyhour.forecast.calendar.grid import FIRST_YEAR, LAST_YEAR
from busyhour.forecast.queueing.goal import targets
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.forecast.ranges import Range
from busyhour.schedule.contracts import contract as contracts
from busyhour.schedule.contracts import goal as goals
from busyhour.schedule.contracts import ladder, lock
from busyhour.schedule.contracts import terms as money
from busyhour.schedule.plan import settings
from busyhour.schedule.problem import costs, period_terms, shift_families, staff
from busyhour.schedule.problem.costs import Costs, Overtime, Premium
from busyhour.schedule.problem.period_terms import PeriodTerms
from busyhour.schedule.problem.shift_families import Break, ShiftFamily
from busyhour.schedule.problem.staff import Contract
from busyhour.schedule.rules.fixed_shifts import FixedShifts
from busyhour.schedule.rules.rules import FAMILY, SHIFT, SPECS, WORK, ContractRules, Rules

BLOCK = re.compile(r"(<!-- generated: ([a-z0-9_. ]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)

TABLES: tuple[tuple[str, type, str], ...] = (
    ("[site]", config.Site, "Where the centre is and on which time axis it is planned."),
    ("[intake]", Intake, "How files of calls are read. See the guide [Your calls](../guides/calls.md)."),
    ("[queue.NAME]", config.Queue, "One queue. The order of the tables is the order of the report."),
    ("[queue.NAME.goal]", ServiceGoal, "What it promises. See [From calls to agents](../guides/requirements.md)."),
    ("[queue.NAME.period]", PeriodTerms, "The rest of the period of a goal over a month or a contract. See "
     "[Goals over a month or a contract](../guides/goal_periods.md)."),
    ("[shrinkage]", config.Shrinkage, "Paid time off the phone."),
    ("[shift.NAME]", ShiftFamily, "A family of shifts. See [Shifts, breaks and prices](../guides/shifts.md)."),
    ("[[shift.NAME.break]]", Break, "One break or lunch of the family, in the order of the day."),
    ("[contract.NAME]", Contract, "What people may be asked to work. See [People](../guides/roster.md)."),
    ("[rules]", Rules, "Rules that hold for everybody; all are hard."),
    ("[costs]", Costs, "Wages and prices."),
    ("[[costs.premium]]", Premium, "A premium on wages; several add up."),
    ("[[costs.overtime]]", Overtime, "Daily overtime; several add up."),
    ("[solve]", config.Solve, "How long and how hard to optimise."),
    ("[sla]", config.Sla, "The contract that the plan serves. See [Contracts](../guides/contracts.md)."),
    ("[store]", config.StoreAddress, "Where what came is kept. See [How good were we](../guides/accuracy.md)."),
)  # fmt: skip

HIRING_TABLES: tuple[tuple[str, type, str], ...] = (
    ("At the top", hiring.HiringConfig, "How far, how long, how many scenarios."),
    ("[people]", hiring.People, "How newcomers become experienced, and how people leave."),
    ("[hours]", hiring.Hours, "What is left of paid hours. Breaks are not counted here: the sample weeks hold them."),
    ("[classes]", hiring.Classes, "Limits of classes and of hiring."),
    ("[prices]", hiring.Prices, "Money. An own hour is what an hour of work by today's people costs."),
    ("[vendor]", terms.Vendor, "Hours of work from outside, agreed ahead."),
    ("[factors]", hiring.Factors, "For scenarios."),
    ("[contract.NAME]", terms.ContractTerms, "A contract of plan.toml; all of it counts for today's people too."),
    ("[group.NAME]", terms.GroupQueues, "People who serve queues together; without any: queues that somebody joins."),
    ("[[transfer]]", terms.TransferTerms, "Cross-training, or a change of contract."),
    ("[[step]]", terms.StepTerms, "A known change of the calls."),
)  # fmt: skip

BATCH_TABLES: tuple[tuple[str, type, str], ...] = (
    ("[batch]", batch.Batch, "What is planned."),
    ("[store]", batch.Store, "Where calls, forecasts, runs and publications are kept."),
    ("[record]", batch.Record, "What is taken in and remembered."),
    ("[plan]", batch.Plan, "When a week is planned anew, and which plans are published."),
    ("[run]", batch.Run, "Who does the work. See [A cluster](../guides/cluster.md)."),
    ("[notify]", batch.Notify, "Who is told at the end."),
)

CONTRACT_TABLES: tuple[tuple[str, type, str], ...] = (
    ("At the top", contract_toml.ContractConfig, "The parties, the queues, and the clock."),
    ("[goal.NAME]", goals.Goal, "One goal."),
    ("[goal.NAME.ladder]", ladder.Ladder, "What each figure of the goal costs or earns."),
    ("[[exclusion]]", contracts.Exclusion, "A time that does not count."),
    ("[lock]", lock.Lock, "Relief where the calls leave the forecast that was locked."),
    ("[[lock.forecast]]", lock.Locked, "A forecast that was locked."),
    ("[[lock.relaxed]]", lock.Relaxed, 'A lower level, with `consequence = "relaxed"`.'),
    ("[money]", money.Money, "The fee, what of it is at risk, and how it is settled."),
    ("[[money.critical]]", money.Critical, "A figure so bad that it counts by itself."),
    ("[[money.gates]]", money.Gate, "A goal without which no bonus is paid."),
    ("[[money.earn_back]]", money.EarnBack, "A malus that is given back."),
    ("[termination]", money.Termination, "When the client may end the contract."),
)

SCORECARD_TABLES: tuple[tuple[str, type, str], ...] = (
    ("At the top", scorecard_toml.ScorecardConfig, "What the scores are made of."),
    ("[scale.GOAL]", scorecard_toml.Ends, "What earns no point and what earns all, of a goal counted from calls."),
    ("[scorers]", scorecard_toml.Scorers, "What is assumed of people who score."),
)

RULES_OF_PEOPLE = tuple(rule.__module__ for rule in (*WORK, *FAMILY, *SHIFT, FixedShifts))
"""The modules of people's rules, one each, in the order in which they are read."""

MEANINGS = tomllib.loads(Path(__file__).with_name("plan_keys.toml").read_text(encoding="utf-8"))
"""Class → key → meaning, where the docstring of the class does not tell it."""

CONTRACT_RULE = "As in `[rules]`; without it: as there."

OUTSIDE = {
    "HiringConfig": (
        "people", "hours", "classes", "prices", "vendor", "factors", "contract", "group", "transfer", "step",
    ),
    "ScorecardConfig": ("scale", "scorers"),
    "Queue": ("goal", "period"),
    "ShiftFamily": ("name", "breaks"),
    "Contract": ("name",),
    "Costs": ("premium", "overtime"),
    "ContractConfig": ("intake", "goal", "exclusion", "lock", "money", "termination"),
    "Goal": ("name", "ladder"),
    "Lock": ("forecast", "relaxed"),
    "Money": ("critical", "gates", "earn_back"),
}  # fmt: skip
"""Fields that are tables of their own, or the NAME of their table."""

RANGES: dict[type, Mapping[str, Range]] = {
    ServiceGoal: targets.RANGES,
    PeriodTerms: period_terms.RANGES,
    ShiftFamily: shift_families.RANGES,
    Break: shift_families.BREAK_RANGES,
    Contract: staff.CONTRACT_RANGES,
    Costs: costs.RANGES,
    Premium: costs.PREMIUM_RANGES,
    Overtime: costs.OVERTIME_RANGES,
    config.Solve: settings.RANGES,
    Intake: mapping.RANGES,
    goals.Goal: goals.RANGES,
    lock.Lock: lock.RANGES,
    money.Money: money.RANGES,
}
"""Ranges of the numbers of a table."""

UNITS = {
    "h per month": ("least_h", "bought_*_h"),
    "weeks": ("*_weeks", "weeks"),
    "h per week": ("*_h_week",),
    "money per h": ("cost_h", "*_h"),
    "s": ("*_s",),
    "min": ("*_min",),
    "days": ("*_days", "*_together"),
    "share": (
        "level",
        "floor",
        "max_abandon",
        "max_occupancy",
        "max_wait_share",
        "planned",
        "unplanned",
        "share",
        "gap",
        "*_share",
        "fails",
        "drop_out",
    ),
    "agents": ("min_agents",),
    "money per call": ("lost_call",),
    "money per weight": ("wish",),
}

PYTHON: tuple[tuple[str, str], ...] = (
    ("busyhour.forecast.queueing", "erlang_b"),
    ("busyhour.forecast.queueing", "erlang_c"),
    ("busyhour.forecast.queueing", "performance"),
    ("busyhour.forecast.queueing", "required_agents"),
    ("busyhour.forecast.queueing", "AgentsTable"),
    ("busyhour.forecast.queueing", "transient"),
    ("busyhour.forecast.queueing", "staff_day"),
    ("busyhour.forecast.queueing", "repair"),
    ("busyhour.forecast.queueing.curve.making", "service_curve"),
    ("busyhour.forecast.queueing", "simulate"),
    ("busyhour.forecast.queueing", "Exponential"),
    ("busyhour.forecast.queueing", "Lognormal"),
    ("busyhour.forecast.queueing", "Empirical"),
    ("busyhour.forecast", "forecast"),
    ("busyhour.forecast", "backtest"),
    ("busyhour.forecast", "scores"),
    ("busyhour.forecast", "totals"),
    ("busyhour.forecast.predict", "forecast"),
    ("busyhour.forecast.overrides_value_added", "overrides_helped"),
    ("busyhour.forecast.overrides_value_added", "overrides_backtest"),
    ("busyhour.forecast.backtesting.rolling", "backtest"),
    ("busyhour.forecast.patience.from_waits", "fit_patience"),
    ("busyhour.forecast.patience.from_waits", "kaplan_meier"),
    ("busyhour.forecast.patience.from_intervals", "patience_of"),
    ("busyhour.forecast.handle_time.race", "handle_forecast"),
    ("busyhour.forecast.require", "require"),
    ("busyhour.forecast.calendar.grid", "Grid"),
    ("busyhour.forecast.calendar.calendars", "Calendar"),
    ("busyhour.schedule.problem.demand", "demand"),
    ("busyhour.schedule.problem.problem", "ScheduleProblem"),
    ("busyhour.schedule.cover.solve", "solve_cover"),
    ("busyhour.schedule.exchange.solve", "solve_roster"),
    ("busyhour.schedule.people.solve", "solve_named"),
    ("busyhour.schedule.plan.decide", "decide"),
    ("busyhour.schedule.plan.settings", "SolveSettings"),
    ("busyhour.schedule.plan.activity", "activity"),
    ("busyhour.schedule.plan.coverage", "coverage"),
    ("busyhour.schedule.diagnose.explain", "explain"),
    ("busyhour.schedule.judge.check", "check"),
    ("busyhour.app.intake.read", "read_calls"),
    ("busyhour.app.inputs", "Inputs"),
    ("busyhour.app.inputs", "RunOptions"),
    ("busyhour.app.run", "plan"),
    ("busyhour.app.outcome", "Outcome"),
    ("busyhour.app.publish.folder", "publish"),
)


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(list(header))]
    return "\n".join(lines + ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows])


def code(text: object) -> str:
    """Return text as code, nothing for nothing."""
    return f"`{text}`" if str(text) else ""


def described(kind: type) -> dict[str, str]:
    """Return the meaning of each field of a class, from the parameters of its docstring."""
    out: dict[str, str] = {}
    text = inspect.cleandoc(kind.__doc__ or "")
    section = re.search(r"^(?:Parameters|Attributes)\n-+\n(.*?)(?:\n\n\w+\n-+\n|\Z)", text, re.DOTALL | re.MULTILINE)
    for names, meaning in re.findall(r"^(\w[\w, ]*)\n((?: {4}.*\n?)+)", section[1] if section else "", re.MULTILINE):
        said = " ".join(textwrap.dedent(meaning).split()).replace("``", "`").replace("None =", "without it:")
        out |= {name.strip(): said for name in names.split(",")}
    return out


def meanings(kind: type) -> dict[str, str]:
    """Return the meaning of each key of a table; those of people's rules stand in the rules' files."""
    out = described(kind) | MEANINGS.get(kind.__name__, {})
    holders = {Rules: ("everybody", "either"), Contract: ("contract",)}.get(kind, ())
    out |= {key: spec.meaning.replace("None =", "without it:") for key, spec in SPECS.items() if spec.holder in holders}
    if kind is Contract:
        out |= dict.fromkeys((f.name for f in dataclasses.fields(ContractRules)), CONTRACT_RULE)
    return out


def fields_of(kind: type) -> list[tuple[str, Any, Any]]:
    """Return (name, type, default) of each key of a table; the default is `...` where there is none."""
    out: list[tuple[str, Any, Any]] = []
    if issubclass(kind, BaseModel):
        for name, info in kind.model_fields.items():
            default = ... if info.is_required() else info.get_default(call_default_factory=True)
            out.append((name, info.annotation, default))
    else:
        hints = typing.get_type_hints(kind)
        for f in sorted(dataclasses.fields(kind), key=lambda f: f.kw_only):  # a contract's own rules come last
            made = f.default_factory() if f.default_factory is not dataclasses.MISSING else f.default
            out.append((f.name, hints[f.name], ... if made is dataclasses.MISSING else made))
    return [field for field in out if field[0] not in OUTSIDE.get(kind.__name__, ())]


def type_text(kind: Any) -> str:
    """Return a type in a planner's words."""
    origin, args = typing.get_origin(kind), [a for a in typing.get_args(kind) if a is not type(None)]
    if origin is typing.Annotated:
        return type_text(args[0])
    if kind is Any:
        return "table"
    if origin in (typing.Union, types.UnionType):
        return " or ".join(type_text(a) for a in args)
    if origin is typing.Literal:
        return "text"
    if origin is tuple:
        return f"list of {_several(args[0])}" if args[0] is str else "list"
    if origin is not None and issubclass(origin, Mapping):
        return f"table of {_several(args[1])}"
    names = {"str": "text", "int": "whole number", "float": "number", "bool": "true or false", "date": "date",
             "datetime": "date and time"}  # fmt: skip
    return names[kind.__name__]


def _several(kind: Any) -> str:
    """Return a type in the plural: texts, whole numbers, lists of texts."""
    first, _, rest = type_text(kind).partition(" of ")
    return f"{first}s of {rest}" if rest else f"{first}s"


def default_text(value: Any) -> str:
    """Return a default as it would stand in plan.toml."""
    if value is ...:
        return "**required**"
    if value is None or value == () or value == {} or value == "":
        return "–"
    if isinstance(value, tuple):
        if len(value) == 7 and all(isinstance(v, str) for v in value):
            return "all days"
        return code("[" + ", ".join(f'"{v}"' if isinstance(v, str) else f"{v:g}" for v in value) + "]")
    return code(str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else value)


def unit_of(name: str) -> str:
    """Return the unit that a key's name tells."""
    return next((unit for unit, names in UNITS.items() if any(fnmatch(name, n) for n in names)), "")


def plan_keys() -> str:
    """Return every key of plan.toml."""
    return _keys_of(TABLES)


def hiring_keys() -> str:
    """Return every key of hiring.toml."""
    return _keys_of(HIRING_TABLES)


def contract_keys() -> str:
    """Return every key of contract.toml."""
    return _keys_of(CONTRACT_TABLES)


def batch_keys() -> str:
    """Return every key of batch.toml."""
    return _keys_of(BATCH_TABLES)


def scorecard_keys() -> str:
    """Return every key of scorecard.toml."""
    return _keys_of(SCORECARD_TABLES)


def _keys_of(tables: Iterable[tuple[str, type, str]]) -> str:
    parts = []
    for title, kind, about in tables:
        told = meanings(kind)
        rows = []
        for name, hint, default in fields_of(kind):
            rows.append(
                (code(name), type_text(hint), default_text(default), unit_of(name), told[name], bounds_of(kind, name))
            )
        header = ("key", "type", "default", "unit", "meaning", "bounds")
        parts.append(f"### `{title}`\n\n{about}\n\n" + table(header, rows))
    return "\n\n".join(parts)


def bounds_of(kind: type, name: str) -> str:
    """Return the bounds of a key's number; "" where it has none."""
    if name in RANGES.get(kind, {}):
        words = str(RANGES[kind][name])
        return words.removeprefix("between ").replace(" and ", " to " if words.startswith("between") else ", ")
    if kind in (Rules, Contract) and (spec := SPECS.get(name)) and spec.high is not None:
        return f"{spec.low} to {spec.high}"
    if issubclass(kind, BaseModel):
        return ", ".join(
            f"{sign} {getattr(rule, word)}"
            for rule in kind.model_fields[name].metadata
            for word, sign in (("gt", ">"), ("ge", "≥"), ("lt", "<"), ("le", "≤"))
            if hasattr(rule, word)
        )
    return ""


def columns(room: str) -> str:
    """Return the tables that a room declares in its tables.csv."""
    text = (resources.files(f"busyhour.{room}") / "tables.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    parts = []
    for name in dict.fromkeys(r["table"] for r in rows):
        own = [r for r in rows if r["table"] == name]
        lines = [
            (code(r["column"]), r["kind"], r["unit"], _bounds(r), r["required"], r["blank"], r["meaning"]) for r in own
        ]
        header = ("column", "kind", "unit", "bounds", "required", "may be blank", "meaning")
        parts.append(f"### {name}.csv\n\n" + table(header, lines))
    return "\n\n".join(parts)


def _bounds(row: Mapping[str, str]) -> str:
    low, high = row["low"], row["high"]
    if row["kind"] in ("time", "date"):
        return f"years {FIRST_YEAR} to {LAST_YEAR}"
    return f"{low} to {high}" if low and high else f"from {low}" if low else ""


def commands() -> str:
    """Return every command with its arguments and options."""
    parts = []
    for name, command in _commands(typer.main.get_command(app).commands):  # type: ignore[attr-defined]
        rows = []
        for p in command.params:
            is_option = p.param_type_name == "option"
            words = code("/".join(p.opts) if is_option else (p.name or "").upper().rstrip("_"))
            has_default = isinstance(p.default, int | float | str) and not isinstance(p.default, bool)
            default = "**required**" if p.required else code(p.default) if has_default else ""
            rows.append((words, default, getattr(p, "help", None) or ""))
        header = ("argument or option", "default", "meaning")
        options = "\n\n" + table(header, rows) if rows else ""
        parts.append(f"### busyhour {name}\n\n{command.help}{options}")
    return "\n\n".join(parts)


def _commands(given: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """Yield each command by its words; a group of commands is told by those in it."""
    for name, command in given.items():
        if hasattr(command, "commands"):
            yield from ((f"{name} {word}", inner) for word, inner in _commands(command.commands))
        else:
            yield name, command


def presets() -> str:
    """Return the ready layouts of exports."""
    text = (resources.files("busyhour.app.intake") / "presets.toml").read_text(encoding="utf-8")
    return table(("preset", "reads"), [(code(name), str(p["about"])) for name, p in tomllib.loads(text).items()])


def rows_of(*modules: str) -> str:
    """Return the constraints of modules: name of the rows, what they ensure, and their formula."""
    rows = (
        row for module in modules for row in _rows_of(ast.parse(inspect.getsource(importlib.import_module(module))))
    )
    return table(("rows", "sentence", "formula"), rows)


def _rows_of(tree: ast.Module) -> Iterable[tuple[str, str, str]]:
    """Yield the constraints of one module, its functions and its classes' methods."""
    functions = {f.name: f for f in ast.walk(tree) if isinstance(f, ast.FunctionDef)}
    for function in functions.values():
        doc = ast.get_docstring(function) or ""
        if not doc.startswith("Ensures"):
            continue
        sentence, _, formula = doc.partition("\n\n")
        called = {n.id if isinstance(n, ast.Name) else n.attr for n in ast.walk(function)
                  if isinstance(n, ast.Name | ast.Attribute)}  # fmt: skip
        helpers = [f for name, f in functions.items() if name in called and name.startswith("_")]
        names = dict.fromkeys(name for f in (function, *helpers) for name in _row_names(f))
        plain = " ".join(formula.replace("``", "").split())
        yield ", ".join(map(code, names)), " ".join(sentence.split()), code(plain)


def _row_names(function: ast.FunctionDef) -> list[str]:
    """Return the names that a function gives to its rows, the parts that vary in brackets."""
    assigned: dict[str, ast.expr] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            assigned[node.targets[0].id] = node.value
    out = []
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and ast.unparse(call.func) in ("add_row", "rows.add"):
            given = call.args[1 if ast.unparse(call.func) == "add_row" else 0]
            given = assigned[given.id] if isinstance(given, ast.Name) else given
            if isinstance(given, ast.JoinedStr):
                parts = [v.value if isinstance(v, ast.Constant) else f"[{_index(v)}]" for v in given.values]
                out.append("".join(map(str, parts)))
    return out


def _index(part: ast.expr) -> str:
    return ast.unparse(part.value).rpartition(".")[2] if isinstance(part, ast.FormattedValue) else ast.unparse(part)


def python() -> str:
    """Return the functions and classes that a script would use, with the first sentence of each."""
    rows = []
    for module, name in PYTHON:
        thing = getattr(importlib.import_module(module), name)
        rows.append((code(f"{module}.{name}"), " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())))
    return table(("import", "what it does"), rows)


GENERATORS: dict[str, Callable[[], str]] = {
    "plan keys": plan_keys,
    "hiring keys": hiring_keys,
    "batch keys": batch_keys,
    "contract keys": contract_keys,
    "scorecard keys": scorecard_keys,
    "forecast tables": lambda: columns("forecast"),
    "schedule tables": lambda: columns("schedule"),
    "today tables": lambda: columns("app.today"),
    "goal tables": lambda: columns("app.goals"),
    "commands": commands,
    "presets": presets,
    "cover rows": lambda: rows_of("busyhour.schedule.cover.constraints"),
    "exchange rows": lambda: rows_of("busyhour.schedule.exchange.constraints", *RULES_OF_PEOPLE),
    "python": python,
}


def filled(text: str) -> str:
    """Return a page with its generated blocks made anew."""
    return BLOCK.sub(lambda m: f"{m[1]}{GENERATORS[m[2]]()}\n{m[4]}", text)


def main() -> None:
    """Write every page whose generated blocks have changed."""
    for path in sorted(Path(__file__).parent.rglob("*.md")):
        old = path.read_text(encoding="utf-8")
        if (new := filled(old)) != old:
            path.write_text(new, encoding="utf-8", newline="\n")
            sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main()
