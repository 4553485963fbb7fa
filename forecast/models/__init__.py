"""Volume models: one contract, several rivals."""
