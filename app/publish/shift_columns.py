"""Where the columns of the sheet Shifts stand: formulas of other sheets point at them."""

from __future__ import annotations

AGENT, PAID, FACTOR = 0, 8, 9
"""Positions of agent, paid hours and premium factor."""
START, END, UNPAID = "D", "E", "H"
"""Letters of start, end and unpaid hours of breaks."""
