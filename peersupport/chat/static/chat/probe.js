/**
 * While a room goes by polling: asks now and then whether a WebSocket would work by now. The talk goes on meanwhile;
 * only a socket that has answered takes it over.
 *
 *   const probe = new Probe({url, position, found});   found(line, reply): the socket, and its answer to `resume`
 *   probe.start(); probe.stop();
 */
import { SocketLine } from "./socket.js";

const FIRST_AFTER_MS = 5000;
const LONGEST_MS = 300000;

export class Probe {
  constructor({ url, position, found }) {
    Object.assign(this, { _url: url, _position: position, _found: found });
    this._timer = 0;
    this._line = null;
    this._wait = FIRST_AFTER_MS;
  }

  start() {
    this.stop();
    this._wait = FIRST_AFTER_MS;
    this._later();
  }

  stop() {
    clearTimeout(this._timer);
    const line = this._line;
    this._line = null;
    if (line) {
      line.close();
    }
  }

  _later() {
    // Not all at the same moment, and ever more seldom where nothing changes.
    this._timer = setTimeout(() => this._ask(), this._wait * (0.75 + Math.random() / 2));
    this._wait = Math.min(LONGEST_MS, this._wait * 2);
  }

  _ask() {
    let line;
    try {
      line = new SocketLine(this._url);
    } catch (error) {
      this._failed();
      return;
    }
    this._line = line;
    line.on("open", () => this._greet(line));
    line.on("close", () => this._line === line && this._failed());
  }

  async _greet(line) {
    try {
      const reply = await line.command("resume", this._position());
      if (this._line === line && reply.ok) {
        this._line = null;
        this._found(line, reply);
      } else {
        line.close();
      }
    } catch (lost) {
      // The line tells that itself, by closing.
    }
  }

  _failed() {
    this._line = null;
    this._later();
  }
}
