"""Examples shown in the OpenAPI description; written for readers, checked by a test."""

from typing import Any

START: dict[str, Any] = {"channel": "web", "prefecture": "静岡県"}

MESSAGE: dict[str, Any] = {
    "text": "店の名前を商標登録したいのですが、何から始めればよいですか",
    "client_message_id": "5b0c6c1e-7f0a-4c58-9a53-2b6f9c4f1d10",
}

TRIAGE: dict[str, Any] = {
    "text": "9月1日発送の拒絶理由通知が届きました。いつまでに返事をすればいいですか",
    "prefecture": "静岡県",
    "received_at": "2026-09-10T10:00:00+09:00",
}

BOOKING: dict[str, Any] = {
    "slot_id": "AAAAAABXAcii3iOb",
    "contact": {
        "name": "見本 花子",
        "company": "見本製作所",
        "prefecture": "静岡県",
        "email": "hanako@example.jp",
    },
    "topic": "trademarks",
    "summary": "新しい店の名前を守りたい。何から始めればよいか聞きたい。",
    "consent": True,
}

EVENTS = (
    'event: owner\ndata: {"owner": "bot"}\n\n'
    'id: 1\nevent: message\ndata: {"id": "…", "seq": 1, "author": "system", "parts": []}\n\n'
)
