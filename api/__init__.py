"""Delivers: HTTP, channels and the processes that make one running product."""
