"""The second opinion on a run folder: its files as they lie on disk."""
