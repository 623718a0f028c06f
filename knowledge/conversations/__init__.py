"""Messages, replies, and who speaks."""
