"""Decide: who sits at the phone when, at which cost, and how close to the cheapest."""
