"""What a shortfall, a wish and an hour cost."""
