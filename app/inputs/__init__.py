"""A planner's folder: history, calendar, people and the files about them."""
