"""Forecasts from past origins, compared with the actual calls."""
