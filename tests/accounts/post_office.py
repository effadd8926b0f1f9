"""A real mail server on this machine, which keeps what it was given."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.ports import free_port


class PostOffice:
    """Takes mails, or answers `says` instead (an SMTP reply such as "451 later")."""

    def __init__(self, says: str = "") -> None:
        self.says, self.helo = says, ""
        self.taken: list[tuple[list[str], Any]] = []
        self.port = 0
        self._news = threading.Condition()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.says:
            return self.says
        self.helo = session.host_name
        with self._news:
            self.taken.append(
                (envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default))
            )
            self._news.notify_all()
        return "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        """What was sent to an address, in its order."""
        return [message for to, message in self.taken if to == [address]]

    def waits_for(self, address: str, *, number: int = 1, seconds: float = 60) -> EmailMessage:
        """The mail of this number to an address, as soon as it is there."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.to(address)) >= number, seconds), "no mail came"
        return self.to(address)[number - 1]

    @property
    def mails(self) -> list[EmailMessage]:
        return [message for _to, message in self.taken]


@contextmanager
def post_office(says: str = "", *, office: PostOffice | None = None) -> Iterator[PostOffice]:
    """A server on a free port for as long as the block lasts; `office`: one of another temper."""
    office = office or PostOffice(says)
    office.port = free_port()
    controller = Controller(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()
