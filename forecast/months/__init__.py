"""Calls of the months ahead: how many, and how sure."""
