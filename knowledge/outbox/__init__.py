"""Deliveries that leave after commit."""
