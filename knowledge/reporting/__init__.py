"""What managers read: counts over what happened."""
