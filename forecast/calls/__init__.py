"""Calls of the past: arranged, tidied, and what is odd about them."""
