"""The rich menu says what should not be written, and is put in place of the one before."""

import io
import time

import httpx
import pytest
from PIL import Image

from api.channels.line import pictures, richmenu
from api.channels.line.client import LineClient, line_http
from api.channels.line.richmenu import RichMenuError, definition, install
from tests.support.line_standin.phone import TOKEN, LineHouse, Phone
from tests.support.line_standin.platform import Platform
from tests.support.line_standin.server import make_server


def client(platform: Platform, token: str = TOKEN) -> LineClient:
    transport = httpx.ASGITransport(make_server(platform))
    return LineClient(line_http(url="http://line", token=token, transport=transport), "http://line")


@pytest.fixture
def platform() -> Platform:
    return Platform(channel_token=TOKEN, now=time.time)


async def test_it_is_created_drawn_and_shown_to_everybody(platform: Platform) -> None:
    installed = await install(client(platform))

    assert platform.default_menu == installed.id
    assert platform.rich_menu_images[installed.id].startswith(b"\x89PNG")
    assert installed.deleted == 0


async def test_a_second_one_takes_the_place_of_the_first(platform: Platform) -> None:
    await install(client(platform))
    platform.rich_menus["somebody-elses"] = {"name": "別のメニュー"}

    second = await install(client(platform))

    assert second.deleted == 1
    assert set(platform.rich_menus) == {second.id, "somebody-elses"}


async def test_a_wrong_token_changes_nothing(platform: Platform) -> None:
    with pytest.raises(RichMenuError, match="create"):
        await install(client(platform, token="wrong"))

    assert platform.rich_menus == {}


async def test_a_picture_that_is_refused_leaves_the_old_menu(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await install(client(platform))
    monkeypatch.setattr(richmenu, "picture", lambda: b"")

    with pytest.raises(RichMenuError, match="picture"):
        await install(client(platform))

    assert platform.default_menu == first.id
    assert set(platform.rich_menus) == {first.id}


async def test_a_menu_line_would_refuse_is_not_sent(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(richmenu, "definition", lambda: definition() | {"chatBarText": ""})

    with pytest.raises(RichMenuError, match="chatBarText"):
        await install(client(platform))


def test_every_part_of_the_picture_can_be_pressed() -> None:
    menu = definition()
    areas = [area["bounds"] for area in menu["areas"]]
    covered = sum(a["width"] * a["height"] for a in areas)

    assert covered == menu["size"]["width"] * menu["size"]["height"]


def test_the_picture_has_the_size_of_the_menu() -> None:
    image = Image.open(io.BytesIO(richmenu.picture()))

    assert image.size == richmenu.SIZE


def test_words_too_long_for_a_field_are_made_smaller() -> None:
    fields = [((0, 0, 400, 300), "とても長いことばがここに入るとき" * 2, "")]

    drawn = Image.open(io.BytesIO(pictures.menu((400, 300), fields)))

    edge = [drawn.getpixel((x, 150)) for x in (8, 391)]
    assert edge == [(255, 255, 255), (255, 255, 255)]


async def test_each_button_of_the_menu_leads_to_an_answer(phone: Phone) -> None:
    for area in definition()["areas"]:
        action = area["action"]
        if action["type"] == "message":
            assert await phone.says(action["text"]) != []


async def test_the_picture_beside_a_persons_words_is_served(line: LineHouse) -> None:
    answer = await line.house.http.get("/line/staff.png")

    assert answer.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (256, 256)
