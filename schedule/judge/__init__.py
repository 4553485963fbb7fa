"""The judge: every rule recomputed from the activity and the raw inputs, by code of its own."""
