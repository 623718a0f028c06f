"""The table of programmes."""

from knowledge.content_store.models import ContentRow


class ProgrammeRow(ContentRow, table=True):
    """One stored programme."""

    __tablename__ = "programme"
