"""The whole knowledge base as one immutable snapshot, with search over it."""

from knowledge.catalogue.search import Hit
from knowledge.catalogue.service import Catalogue, current

__all__ = ["Catalogue", "Hit", "current"]
