from typing import Any

from sqlalchemy import Engine

from knowledge import clock
from knowledge.articles import service
from knowledge.database import transaction


def test_articles_of_all_topic_folders_are_loaded(engine: Engine, folder: Any) -> None:
    folder.article("patents")
    folder.article("trade_secrets")
    with transaction(engine) as session:
        report = service.load(session=session, root=folder.root)

    assert report.added == ("article/patents-first", "article/trade-secrets-first")


def test_an_edited_article_is_kept_and_the_new_text_waits(engine: Engine, folder: Any) -> None:
    folder.article("patents")
    with transaction(engine) as session:
        service.load(session=session, root=folder.root)
        entry = service.active(session=session)["patents-first"].entry
        edited = entry.model_copy(update={"answer": "窓口で直した答えです。"})
        service.edit(session=session, entry=edited, at=clock.now())
    folder.article("patents", answer="新しく出荷した答えです。")

    with transaction(engine) as session:
        report = service.load(session=session, root=folder.root)
        kept = service.active(session=session)["patents-first"].entry.answer
        version = service.accept_shipped(session=session, id="patents-first")
        accepted = service.active(session=session)["patents-first"].entry.answer

    assert report.pending == ("article/patents-first",)
    assert kept == "窓口で直した答えです。"
    assert accepted == "新しく出荷した答えです。"
    assert version == 3
