"""ChatConsumer as in the third part of the tutorial, and a row before the answer."""

from __future__ import annotations

import json
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from tests.load.rooms.tutorial.models import Message


class ChatConsumer(AsyncWebsocketConsumer):
    """One socket."""

    async def connect(self) -> None:
        self.room_name = self.scope["url_route"]["kwargs"]["room_name"]
        self.room_group_name = f"chat_{self.room_name}"
        await self.channel_layer.group_add(self.room_group_name, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.room_group_name, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        post = json.loads(text_data or "")
        row = await Message._default_manager.acreate(
            room_name=self.room_name, key=post["id"], body=post["body"]
        )
        await self.send(text_data=json.dumps({"re": post["ref"], "ok": True}, separators=(",", ":")))
        event = {"kind": "message", "seq": row.pk, "id": post["id"], "body": post["body"]}
        await self.channel_layer.group_send(self.room_group_name, {"type": "chat.message", "event": event})

    async def chat_message(self, message: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps({"push": "events", "events": [message["event"]]}))
