"""Slots, bookings and what a place costs nobody twice."""
