"""Parts of plan.toml that several made desks share."""

from __future__ import annotations

from collections.abc import Collection

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SITE = """
[site]
name = "Tiny"
zone = "Europe/Berlin"
week = 2026-10-19
interval_min = 30
grid_min = 15
note = "Made up."
"""


def opening(hours: str, days: Collection[str]) -> str:
    """Return the opening hours of a desk that opens on some days, at the same hours."""
    return "\n[opening]\n" + "".join(f'{day} = "{hours if day in days else "closed"}"\n' for day in DAYS)


def shift(name: str, paid_min: int, starts: tuple[str, str], pause: tuple[int, int], lunch: tuple[int, int]) -> str:
    """Return a shift family with a paid pause of 15 minutes and an unpaid lunch of 30.

    Parameters
    ----------
    starts
        First and last time of day at which the shift starts.
    pause, lunch
        Earliest and latest minute of the shift at which they begin.
    """
    return f"""
[shift.{name}]
paid_min = {paid_min}
start_from = "{starts[0]}"
start_to = "{starts[1]}"
[[shift.{name}.break]]
duration_min = 15
earliest_min = {pause[0]}
latest_min = {pause[1]}
[[shift.{name}.break]]
kind = "lunch"
paid = false
duration_min = 30
earliest_min = {lunch[0]}
latest_min = {lunch[1]}
"""
