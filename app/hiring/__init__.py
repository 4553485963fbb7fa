"""Hiring plans: configuration and state in, a run folder out."""
