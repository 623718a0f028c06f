"""Our Rasa graph components: GiNZA tokens and vectors under small linear models."""
