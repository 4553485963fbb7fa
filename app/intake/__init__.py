"""Intake: foreign exports become our calls table."""
