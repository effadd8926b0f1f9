/**
 * One WebSocket to a room: commands with references, replies as promises, everything else as frames.
 *
 *   const line = new SocketLine(path)    throws where the browser has no WebSocket, or forbids it here
 *   line.command(name, fields)    → Promise of the reply; rejects with Lost when the socket goes first
 *   line.close()
 *   events: "open" · "frame" (a push) · "heard" (anything at all came) · "close" {code, mute}
 *   mute: it was given up because nothing came back, as behind a proxy that lets sockets open and passes nothing
 */
import { Emitter } from "./emitter.js";

export const SUBPROTOCOL = "peersupport.room.v1";
/** A command that stays without an answer this long means that the socket is dead, whatever it says. */
const PATIENCE_MS = 15000;
/** Opening it, and its first answer: as long as on the slowest line that still carries a talk. */
const FIRST_PATIENCE_MS = 6000;

/** The connection went away before an answer came; whether the command arrived is not known. */
export class Lost extends Error {}

export class SocketLine extends Emitter {
  constructor(url) {
    super();
    this.kind = "socket";
    this._pending = new Map();
    this._next = 1;
    this._opened = false;
    this._ended = false;
    const address = new URL(url, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this._socket = new WebSocket(address.href, SUBPROTOCOL);
    this._socket.onopen = () => {
      this._opened = true;
      this.emit("open");
    };
    this._socket.onmessage = (event) => this._heard(JSON.parse(event.data));
    this._socket.onclose = (event) => this._gone(event.code);
    // A network that swallows the handshake never tells.
    this._opening = setTimeout(() => this._opened || this._giveUp(), FIRST_PATIENCE_MS);
    this._answered = false;
  }

  command(name, fields) {
    if (this._ended || !this._opened) {
      return Promise.reject(new Lost());
    }
    const ref = String(this._next++);
    this._socket.send(JSON.stringify(Object.assign({}, fields, { cmd: name, ref })));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this._giveUp(), this._answered ? PATIENCE_MS : FIRST_PATIENCE_MS);
      this._pending.set(ref, { resolve, reject, timer });
    });
  }

  close() {
    this._socket.close();
    // Over a dead network the closing handshake can take minutes: it counts as closed now.
    this._gone(1006);
  }

  _giveUp() {
    this._socket.close();
    this._gone(1006, true);
  }

  _heard(frame) {
    this._answered = true;
    this.emit("heard");
    if (frame.push) {
      this.emit("frame", frame);
      return;
    }
    const pending = this._pending.get(frame.re);
    if (pending) {
      this._pending.delete(frame.re);
      clearTimeout(pending.timer);
      pending.resolve(frame);
    }
  }

  _gone(code, mute) {
    if (this._ended) {
      return;
    }
    this._ended = true;
    clearTimeout(this._opening);
    this._socket.onopen = this._socket.onmessage = this._socket.onclose = null;
    for (const pending of this._pending.values()) {
      clearTimeout(pending.timer);
      pending.reject(new Lost());
    }
    this._pending.clear();
    this.emit("close", { code, mute: Boolean(mute) });
  }
}
