"""The least that can do what a room does: picows, uvloop, asyncpg, one row a message, no rules.

What arrives while a commit is under way goes into the next one; a message is one frame to everybody in its
room. `--single` commits each message by itself, a room after its own order. `--furthest` goes as far as this
can be driven: all that a commit brings a room is one frame, and aiofastnet stands in for uvloop's transports.
`--mishap` loses or doubles one delivery in a hundred, so that the measuring side can show that it notices.

    python -m tests.load.rooms.raw PORT SOCKET_DIRECTORY DATABASE [--single] [--furthest]
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import defaultdict
from uuid import UUID

import asyncpg
import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

TABLE = """
CREATE TABLE IF NOT EXISTS said (
    room text, seq bigint, id uuid, who text, body text, at timestamptz DEFAULT now(), PRIMARY KEY (room, seq)
)
"""
MANY = """
INSERT INTO said (room, seq, id, who, body)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::uuid[], $4::text[], $5::text[])
"""
ONE = "INSERT INTO said (room, seq, id, who, body) VALUES ($1, $2, $3, $4, $5)"

# Room, number, id, who, words, and the socket that waits for the answer.
Said = tuple[str, int, str, str, str, WSTransport]


class Rooms:
    """Who is where, and what waits for the next commit."""

    def __init__(self, pool: asyncpg.Pool, *, furthest: bool, mishap: str) -> None:
        self.here: defaultdict[str, set[WSTransport]] = defaultdict(set)
        self.heads: defaultdict[str, int] = defaultdict(int)
        self._pool, self._furthest, self._mishap, self._sent = pool, furthest, mishap, 0
        self._waiting: list[Said] = []
        self._wake = asyncio.Event()
        self._lanes: dict[str, asyncio.Queue[Said]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def say(self, said: Said) -> None:
        """Commits it together with whatever else comes meanwhile."""
        self._waiting.append(said)
        self._wake.set()

    def say_alone(self, said: Said) -> None:
        """Commits it by itself, after what was said in its room before."""
        lane = self._lanes.get(said[0])
        if lane is None:
            lane = self._lanes[said[0]] = asyncio.Queue()
            self._tasks.append(asyncio.create_task(self._one_by_one(lane)))
        lane.put_nowait(said)

    async def run(self) -> None:
        """Commits batch after batch."""
        async with self._pool.acquire() as connection:
            while True:
                await self._wake.wait()
                self._wake.clear()
                batch, self._waiting = self._waiting, []
                rooms, seqs, ids, people, bodies, _writers = zip(*batch, strict=True)
                await connection.execute(MANY, rooms, seqs, [UUID(key) for key in ids], people, bodies)
                self._deliver(batch)

    async def _one_by_one(self, lane: asyncio.Queue[Said]) -> None:
        while True:
            said = await lane.get()
            await self._pool.execute(ONE, said[0], said[1], UUID(said[2]), said[3], said[4])
            self._deliver([said])

    def _deliver(self, batch: list[Said]) -> None:
        rooms: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
        for room, seq, key, who, body, writer in batch:
            writer.send(WSMsgType.TEXT, '{"re":"%s","ok":true,"seq":%d}' % (key, seq))  # noqa: UP031 - fastest
            rooms[room].append({"kind": "message", "seq": seq, "id": key, "by": who, "body": body})
        for room, events in rooms.items():
            for some in [events] if self._furthest else [[event] for event in events]:
                self._send(room, some)

    def _send(self, room: str, events: list[dict[str, object]]) -> None:
        frame = json.dumps({"push": "events", "events": events}, separators=(",", ":")).encode()
        for transport in self.here[room]:
            for _time in range(self._times()):
                transport.send(WSMsgType.TEXT, frame)

    def _times(self) -> int:
        self._sent += 1
        return {"lose": 0, "double": 2}.get(self._mishap, 1) if self._sent % 100 == 0 else 1


class Member(WSListener):
    """One socket."""

    def __init__(self, rooms: Rooms, room: str, *, single: bool) -> None:
        self._rooms, self._room = rooms, room
        self._name = f"member {id(self)}"
        self._say = rooms.say_alone if single else rooms.say

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._rooms.here[self._room].add(transport)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is WSMsgType.CLOSE:
            transport.disconnect()
            return
        post = json.loads(frame.get_payload_as_bytes())
        self._rooms.heads[self._room] += 1
        seq = self._rooms.heads[self._room]
        self._say((self._room, seq, post["id"], self._name, post["body"], transport))

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._rooms.here[self._room].discard(transport)


async def serve(given: argparse.Namespace) -> None:
    """Runs until it is killed."""
    size = 20 if given.single else 1
    async with asyncpg.create_pool(
        host=given.host, user="postgres", database=given.database, min_size=1, max_size=size
    ) as pool:
        await pool.execute(TABLE)
        rooms = Rooms(pool, furthest=given.furthest, mishap=given.mishap)

        def come(request: WSUpgradeRequest) -> WSListener:
            return Member(rooms, request.path.decode(), single=given.single)

        server = await ws_create_server(come, "127.0.0.1", given.port, use_aiofastnet=given.furthest)
        async with server:
            await asyncio.gather(server.serve_forever(), *([] if given.single else [rooms.run()]))


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("host")
    parser.add_argument("database")
    parser.add_argument("--single", action="store_true")
    parser.add_argument("--furthest", action="store_true")
    parser.add_argument("--mishap", choices=("lose", "double"), default="")
    uvloop.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
