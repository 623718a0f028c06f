"""The ways a visitor reaches us; each turns its own format into one inbound message."""
