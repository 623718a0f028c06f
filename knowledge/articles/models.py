"""The table of articles."""

from knowledge.content_store.models import ContentRow


class ArticleRow(ContentRow, table=True):
    """One stored article."""

    __tablename__ = "article"
