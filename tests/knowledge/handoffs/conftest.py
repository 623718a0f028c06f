"""A database with the shipped content, SQLite and PostgreSQL."""

from tests.support.either import _keys, either, engine, postgres_template, template

__all__ = ["_keys", "either", "engine", "postgres_template", "template"]
