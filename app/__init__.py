"""Serve: config, files, store, command line, report."""

import os

os.environ.setdefault("NUMBA_DISABLE_PERFORMANCE_WARNINGS", "1")
