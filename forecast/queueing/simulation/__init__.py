"""The call-by-call simulation of any staffing."""
