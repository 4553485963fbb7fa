"""The watch over a running day."""

from __future__ import annotations

from .seen import Alarm, Meter, Over, Seen, Visible

__all__ = ["Alarm", "Meter", "Over", "Seen", "Visible"]
