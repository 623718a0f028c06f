from typing import Any

import pytest
from sqlalchemy import Engine

from knowledge import clock
from knowledge.database import transaction
from knowledge.errors import ContentError, NotFoundError
from knowledge.programmes import service
from knowledge.programmes.models import ProgrammeRow


def test_a_loaded_programme_is_read_back_as_it_was_shipped(engine: Engine, folder: Any) -> None:
    folder.programme()
    with transaction(engine) as session:
        service.load(session=session, root=folder.root)

    with transaction(engine, read_only=True) as session:
        stored = service.active(session=session)

    assert stored["ipas"].entry == service.shipped(root=folder.root).by_id()["ipas"]
    assert stored["ipas"].version == 1


def test_an_edit_makes_the_next_version(engine: Engine, folder: Any) -> None:
    folder.programme()
    with transaction(engine) as session:
        service.load(session=session, root=folder.root)
        entry = service.active(session=session)["ipas"].entry
        changed = entry.model_copy(update={"offers": "直した文です。"})

        assert service.edit(session=session, entry=changed, at=clock.now()) == 2

    with transaction(engine, read_only=True) as session:
        assert service.active(session=session)["ipas"].entry.offers == "直した文です。"


def test_there_is_nothing_to_accept_without_a_waiting_version(engine: Engine, folder: Any) -> None:
    folder.programme()
    with transaction(engine) as session:
        service.load(session=session, root=folder.root)

    with pytest.raises(NotFoundError), transaction(engine) as session:
        service.accept_shipped(session=session, id="ipas")


def test_a_row_that_does_not_fit_any_more_is_named(engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(ProgrammeRow(id="ipas", data={"id": "ipas"}))

    with pytest.raises(ContentError, match="programme/ipas"), transaction(engine) as session:
        service.active(session=session)
