"""The queue as it moves through a day."""
