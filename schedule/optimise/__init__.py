"""The door to the solver, linear programmes, bounds, statuses."""
