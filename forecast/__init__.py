"""Predict: calls, handle times, and the service that a given staffing would give."""
