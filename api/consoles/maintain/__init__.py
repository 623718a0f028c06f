"""Pages for the people who keep the answers right: messages, sentences, entries, models."""
