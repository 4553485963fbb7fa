"""The store: calls, forecasts and their errors, runs and publications in a database that outlives the folders."""
