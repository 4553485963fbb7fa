"""Named people on days and shift types: rosters of weeks to a year, with a proven bound."""
