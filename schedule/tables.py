"""The tables of this room, declared in `tables.csv`."""

from ..forecast.tables import load

TABLES = load(__package__)
