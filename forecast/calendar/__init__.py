"""The time axis, opening hours, and what is special about a day."""
