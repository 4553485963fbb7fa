"""Named people on cells, a day and a shift type each: rosters of weeks to a year, with a proven bound."""
