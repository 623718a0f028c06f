"""Serves one model over our channel at a fraction of what ``rasa run`` costs.

Everything here stands on seams Rasa 3.6 offers: subclasses of its agent, processor, graph runner,
remote action, endpoint and tracker store, and Python's own import hooks. No file of Rasa is changed
and no function of it replaced. ``seams.py`` names each one and what is taken over; a test compares
them with the installed Rasa. ``rasa run`` with the same files still works, only slower.
"""
