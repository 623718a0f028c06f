"""The public contract under ``/api/v1``: one router per noun."""
