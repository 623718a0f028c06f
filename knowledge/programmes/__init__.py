"""Programmes: every named system, subsidy, desk and measure, with its source and status."""
