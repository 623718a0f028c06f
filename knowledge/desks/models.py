"""The table of desks."""

from knowledge.content_store.models import ContentRow


class DeskRow(ContentRow, table=True):
    """One stored desk."""

    __tablename__ = "desk"
