"""Stationary queues: Erlang B, C and A, finite queues, redials, laws of time."""
