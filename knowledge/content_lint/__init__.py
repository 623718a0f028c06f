"""Checks all content at once and says every error in words a maintainer understands."""

from knowledge.content_lint.findings import Finding
from knowledge.content_lint.service import MINIMUM_ARTICLES, check

__all__ = ["MINIMUM_ARTICLES", "Finding", "check"]
