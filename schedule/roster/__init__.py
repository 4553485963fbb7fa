"""Roster: who takes which shift."""
