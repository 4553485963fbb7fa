"""Watching the running day: whether the calls and handle times of today have changed, how much, and since when."""
