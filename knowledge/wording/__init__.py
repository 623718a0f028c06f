"""All sentences the product says, by key; reviewed YAML, never Python."""

from knowledge.wording.service import Wording, say

__all__ = ["Wording", "say"]
