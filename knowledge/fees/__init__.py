"""What a procedure costs and who may pay less; pure, the tables and the day are passed in."""

from knowledge.fees.models import Applicant, FeeEstimate, FeeRequest
from knowledge.fees.service import estimate
from knowledge.fees.tables import FeeTables, load_tables, shipped_tables

__all__ = [
    "Applicant",
    "FeeEstimate",
    "FeeRequest",
    "FeeTables",
    "estimate",
    "load_tables",
    "shipped_tables",
]
