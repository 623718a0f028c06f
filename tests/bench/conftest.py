"""The running product, shared with the other folders that use it."""

from tests.support.product_fixtures import product

__all__ = ["product"]
