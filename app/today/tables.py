"""The tables of the running day, declared in `tables.csv`."""

from __future__ import annotations

from ...forecast.tables import load

TABLES = load(__package__)
