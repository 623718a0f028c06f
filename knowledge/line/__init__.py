"""What LINE sent and what is owed to it."""
