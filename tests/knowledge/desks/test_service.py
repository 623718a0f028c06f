from typing import Any

from sqlalchemy import Engine

from knowledge import clock
from knowledge.database import transaction
from knowledge.desks import service

HOURS = [{"days": ["mon"], "opens": "09:30", "closes": "12:00"}]


def test_hours_survive_the_database(engine: Engine, folder: Any) -> None:
    folder.desk(hours=HOURS, hours_as_of="2026年6月")
    with transaction(engine) as session:
        service.load(session=session, root=folder.root)

    with transaction(engine, read_only=True) as session:
        desk = service.active(session=session)["inpit-chizai-sogo-madoguchi"].entry

    assert desk.hours_text == "月 09:30〜12:00（2026年6月の案内による）"


def test_a_desk_made_by_a_person_is_not_retired_by_a_load(engine: Engine, folder: Any) -> None:
    folder.desk()
    with transaction(engine) as session:
        service.load(session=session, root=folder.root)
        shipped = service.active(session=session)["inpit-chizai-sogo-madoguchi"].entry
        own = shipped.model_copy(update={"id": "own-desk", "name": "市の知財相談"})
        assert service.edit(session=session, entry=own, at=clock.now()) == 1

    with transaction(engine) as session:
        report = service.load(session=session, root=folder.root)
        assert "own-desk" in service.active(session=session)

    assert report.retired == ()
