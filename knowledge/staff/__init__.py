"""Accounts of the people who work here."""
