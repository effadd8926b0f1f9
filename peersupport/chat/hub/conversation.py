"""The commands of one socket: each is carried out when the one before it has been answered.

Messages alone may be under way together, so that several of one writer share a commit. Their order is kept:
drafts of a room are decided in the order in which they come, and replies are written in the order of the
commands. While there is no room for another command nothing more is read: what a client sends too fast waits
on its own side.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from peersupport.chat.hub.replies import Replies, Reply
from peersupport.chat.hub.wire import Wire
from peersupport.chat.protocol.commands import Command, RefusedWithRef, parse
from peersupport.chat.protocol.errors import Refused
from peersupport.chat.protocol.events import encode

logger = logging.getLogger("peersupport.chat")

# Messages of one socket that may wait for their commit; then nothing more is read until only so many do. To
# stop and go on for each message would cost a busy server a third of its rate.
POSTS_MOST, POSTS_AGAIN = 16, 8

Answer = dict[str, Any]


class Conversation:
    """`carry_out` answers a command or raises Refused; `afterwards` follows when the answer was written.

    `post` takes a message that needs no waiting before its commit and says so with True; `begun`, `ended` and
    one of the replies are called in its course.
    """

    def __init__(
        self,
        replies: Replies,
        *,
        line: Wire | None,
        carry_out: Callable[[Command], Awaitable[Answer]],
        post: Callable[[Command, Reply], bool],
        afterwards: Callable[[Command, Answer], Awaitable[None]],
    ) -> None:
        self._replies, self._line = replies, line
        self._carry_out, self._post, self._afterwards = carry_out, post, afterwards
        self._posts = 0
        self._full = False
        self._work: asyncio.Task[None] | None = None
        self._free: asyncio.Event | None = None

    def take(self, text: str, *, wait: float) -> None:
        """Begins what a frame asks for; with `wait` it is refused: she may go on after so many seconds."""
        reply = self._replies.owe()
        try:
            command = parse(text)
            reply.ref = command.ref
            if wait:
                raise Refused("rate_limited", retry_after=wait)
            if command.name == "post" and self._post(command, reply):
                return
        except Refused as refused:
            reply.ref = refused.ref if isinstance(refused, RefusedWithRef) else reply.ref
            self.refuse(reply, refused)
            return
        except Exception as error:
            self.failed(reply, "post", error)
            return
        self._work = asyncio.create_task(self._in_turn(command, reply))
        self._pace()

    async def ready(self) -> None:
        """Returns when there is room for another command: for servers that have no line of ours."""
        if self._busy:
            self._free = asyncio.Event()
            await self._free.wait()

    async def finish(self) -> None:
        """What has begun is carried out also where nobody waits for its reply any more."""
        if self._work is not None:
            await asyncio.wait({self._work})

    # Messages under way

    def begun(self) -> None:
        """A message waits for its commit."""
        self._posts += 1
        if self._posts >= POSTS_MOST and not self._full:
            self._full = True
            self._pace()

    def ended(self) -> None:
        """One does so no more."""
        self._posts -= 1
        if self._full and self._posts <= POSTS_AGAIN:
            self._full = False
            self._pace()

    # Replies

    def settle(self, reply: Reply, answer: Answer, *, hold: bool = False) -> None:
        """Replies that a command was carried out; with `hold` together with the next frame."""
        self._replies.settle(reply, encode({"re": reply.ref, "ok": True} | answer), hold=hold)

    def refuse(self, reply: Reply, refused: Refused) -> None:
        """Replies why it was not."""
        self._replies.settle(reply, encode({"re": reply.ref, "ok": False, "error": refused.wire()}))

    def failed(self, reply: Reply, name: str, error: Exception) -> None:
        """Replies that something went wrong. Never the frame itself: it may hold what a person wrote."""
        logger.error("command %s failed: %s", name, type(error).__name__)
        self.refuse(reply, Refused("internal"))

    async def _in_turn(self, command: Command, reply: Reply) -> None:
        try:
            await self._replies.turn(reply)
            await self._reply(command, reply)
        finally:
            self._work = None
            self._pace()

    async def _reply(self, command: Command, reply: Reply) -> None:
        try:
            answer = await self._carry_out(command)
            self.settle(reply, answer)
        except Refused as refused:
            self.refuse(reply, refused)
            return
        except Exception as error:
            self.failed(reply, command.name, error)
            return
        await self._replies.written()
        await self._afterwards(command, answer)

    @property
    def _busy(self) -> bool:
        return self._work is not None or self._full

    def _pace(self) -> None:
        busy = self._busy
        if self._line is not None:
            self._line.wait(busy)
        if self._free is not None and not busy:
            self._free.set()
