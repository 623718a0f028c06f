"""The pages of the desks: inbox, case, texts, switches, accounts."""
