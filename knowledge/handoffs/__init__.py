"""From the bot to a person and back: a thread of events."""
