"""The exact model of named people's weeks, for desks that fit by size."""
