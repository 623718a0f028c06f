"""Translates between Rasa's tracker and knowledge; decides nothing itself."""
