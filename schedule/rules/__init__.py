"""Rules of one person's week, one file a rule."""
