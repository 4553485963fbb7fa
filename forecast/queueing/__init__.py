"""Queueing: from calls and agents to service, and back."""
