"""The running day: what came so far, what the rest will bring, and what may be done about it."""
