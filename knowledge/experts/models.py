"""Tables of experts, what INPIT sets for a desk, and what was used of it."""

from datetime import date, datetime

from sqlalchemy import JSON, Column, ForeignKey, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from knowledge.database import EncryptedText, UtcDateTime


class Expert(SQLModel, table=True):
    """One expert a desk may use (DUTIES.md §D).

    ``registration``: recommended · registered · withdrawn (D6). ``in_house_office`` names the
    office where the expert works as 相談対応者 (D2); outside experts have none. ``named_by_inpit``
    marks who may sit at a 定期相談会 (D7). ``agreement_on`` is the day a secrecy agreement was
    recorded; only professions not bound by law need one.
    """

    __tablename__ = "expert"

    id: str = Field(primary_key=True)
    name: str
    profession: str = Field(index=True)
    topics: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    prefecture: str
    registration: str = "recommended"
    in_house_office: str | None = None
    named_by_inpit: bool = False
    agreement_on: date | None = None
    email: str | None = Field(default=None, sa_type=EncryptedText)
    sample: bool = False
    active: bool = True


class ExpertConflict(SQLModel, table=True):
    """A company an expert acts for or against: a hash of its name, never the name."""

    __tablename__ = "expert_conflict"

    expert_id: str = Field(
        sa_column=Column(String, ForeignKey("expert.id", ondelete="CASCADE"), primary_key=True)
    )
    party_hash: str = Field(primary_key=True)
    side: str


class ExpertAllowance(SQLModel, table=True):
    """What INPIT sets for one desk and fiscal year (D5); amounts in yen."""

    __tablename__ = "expert_allowance"
    __table_args__ = (UniqueConstraint("office", "fiscal_year", name="uq_expert_allowance"),)

    id: int | None = Field(default=None, primary_key=True)
    office: str
    fiscal_year: int
    uses: int
    budget_yen: int
    sample: bool = False


class ExpertUse(SQLModel, table=True):
    """One approved use of an outside expert; released when the session is cancelled.

    ``override_by`` and ``override_reason`` are set where the responsible person let it pass
    although a limit was reached.
    """

    __tablename__ = "expert_use"

    reference: str = Field(primary_key=True)
    expert_id: str = Field(index=True)
    office: str = Field(index=True)
    fiscal_year: int = Field(index=True)
    cost_yen: int
    at: datetime = Field(sa_type=UtcDateTime)
    released_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    override_by: str | None = None
    override_reason: str | None = Field(default=None, sa_type=EncryptedText)


class InpitInstruction(SQLModel, table=True):
    """INPIT's recorded order to support one company of another prefecture (C4)."""

    __tablename__ = "inpit_instruction"
    __table_args__ = (UniqueConstraint("office", "party_hash", name="uq_inpit_instruction"),)

    id: int | None = Field(default=None, primary_key=True)
    office: str
    party_hash: str
    document: str = Field(sa_type=EncryptedText)
    recorded_by: str
    at: datetime = Field(sa_type=UtcDateTime)
    valid_to: date | None = None
