"""Contracts and scorecards: read, counted, published."""
