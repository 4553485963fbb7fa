"""Why rules clash, why a stretch is short, what holds a person back."""
