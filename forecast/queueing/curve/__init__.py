"""The service curve: made, held, and its concave hull."""
