"""Hiring: how many people, of which kind, when."""
