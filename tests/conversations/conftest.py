"""The running product for the tests of this folder."""

from tests.support.product_fixtures import product

__all__ = ["product"]
