"""Intake: exports of other systems become the table ``calls``."""
