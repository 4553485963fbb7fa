"""Rules about one person's week, one file each."""
