"""Named people and their shifts, chosen together: whole weeks of one person at a time."""
