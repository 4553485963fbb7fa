"""The schemas of the store, one after the other: `env.py` is run by Alembic, `versions` holds a file for each."""
