"""Unattended runs over many sites: what is to do, who does it, what became of it."""
