"""Serve: config, files, store, command line, report."""

import os

os.environ.setdefault("NUMBA_DISABLE_PERFORMANCE_WARNINGS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # our matrices are small: more threads only wait for each other
