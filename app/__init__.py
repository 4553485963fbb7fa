"""Serve: config, files, store, command line, report."""
