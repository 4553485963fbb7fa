"""Forecasts from past origins, compared with what came."""
