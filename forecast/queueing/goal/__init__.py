"""Service goals, and the fewest agents that meet one."""
