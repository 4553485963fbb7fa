"""The second opinion on a hiring plan: people, classes, money and figures counted again, by code of its own."""
