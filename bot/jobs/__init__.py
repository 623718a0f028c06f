"""Training and evaluation, run as processes of the bot environment."""
