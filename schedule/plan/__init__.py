"""The decision: from a problem to a finished plan and what is known of it."""
