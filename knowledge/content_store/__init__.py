"""Keeps reviewed content: reads its files, stores it, never loses an edit; knows no kind of entry.

Programmes, articles and desks give it their shape and their table.
"""
