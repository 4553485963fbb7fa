"""Run folders: which files are ours, where outputs may go, and how one run takes the place of another."""
