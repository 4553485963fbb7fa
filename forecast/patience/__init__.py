"""How long callers wait before they hang up, estimated from history."""
