"""The engine for named people: everybody's shifts, breaks and days off together."""
