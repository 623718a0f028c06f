"""Loads all shipped content into the database; idempotent, edits are kept.

The caller owns the transaction; a content error leaves nothing half written.
"""

from pathlib import Path

from sqlmodel import Session

from knowledge.articles import service as articles
from knowledge.content_store.files import CONTENT_DIR
from knowledge.content_store.service import LoadReport
from knowledge.desks import service as desks
from knowledge.errors import ContentError
from knowledge.programmes import service as programmes

__all__ = ["LoadReport", "load"]


def load(*, session: Session, root: Path = CONTENT_DIR) -> LoadReport:
    """Bring programmes, articles and desks of a content folder into the database.

    Raises:
        ContentError: the folder is missing or a file is not as it should be.
    """
    if not root.is_dir():
        raise ContentError(f"{root}: コンテンツのフォルダーがありません。")
    kinds = (programmes, articles, desks)
    problems = [p for kind in kinds for p in kind.shipped(root=root).problems]
    if problems:
        raise ContentError("\n".join(str(problem) for problem in problems))
    report = LoadReport()
    for kind in kinds:
        report += kind.load(session=session, root=root)
    return report
