"""Experts and the rules by which one is chosen."""
