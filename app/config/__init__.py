"""plan.toml: its schema and its reader."""
