"""Contracts on service: goals counted as agreed, money, and how far termination is away."""
