"""Pure decisions about one inquiry: what may be kept, which desk, which day."""
