"""The case (相談票): what was understood, who may see it."""
