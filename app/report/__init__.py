"""Report: one offline page about a run."""
