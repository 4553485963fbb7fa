"""Cover: how many people on which shift, breaks included, nobody named."""
