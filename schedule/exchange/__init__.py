"""Shifts of a plan dealt out to people again."""
