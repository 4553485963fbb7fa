"""Hiring: how many people, when, for a planner's folder."""
