"""What each goal costs: the cheapest staffing at several goals, as a curve."""
