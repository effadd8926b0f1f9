/**
 * Keeps a room connected: a WebSocket while one can be had, a long poll otherwise, again and again, and never
 * loses its place. It knows nothing of messages.
 *
 * Where sockets are refused, or open and bring nothing, it changes over within seconds, and at once where the browser
 * has none; from there it asks now and then, beside the polling, whether a socket works by now (probe.js).
 *
 *   const connection = new Connection({socket, events, messages, token, position})
 *     socket, events, messages: addresses; token: for the POST; position(): {after, epoch?} of the log
 *   connection.start() / connection.stop()
 *   connection.resume()              ask for what is missing (a gap was seen)
 *   connection.command(name, fields) → Promise of the reply; rejects with Lost
 *   connection.live                  whether commands can be sent now
 *   events:
 *     "status"  {status, seconds}    "connecting", "live", "waiting" (seconds until the next try), "offline", "ended"
 *     "welcome" reply                the answer to `resume`: epoch, head, you, room, present, reset?, rooms?
 *     "frame"   push                 every push, "bye" included
 *     "ended"   {why}                "signed_out", "not_a_member" or "arrive": it will not try again
 */
import { Emitter } from "./emitter.js";
import { Lost, SocketLine } from "./socket.js";
import { ARRIVE, PollingLine } from "./polling.js";
import { Probe } from "./probe.js";

const SILENCE_MS = 30000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30000;
/** One refusal may be a server that starts; a socket that opens and says nothing is reason enough. */
const REFUSALS_BEFORE_POLLING = 2;
const FINAL = { 4401: "signed_out", 4403: "not_a_member", [ARRIVE]: "arrive" };
/** The server asked for a rest. */
const BUSY = new Set([4429, 1012, 1001, 1013]);

export class Connection extends Emitter {
  constructor(addresses) {
    super();
    this._addresses = addresses;
    this._line = null;
    this._attempt = 0;
    this._refusals = 0;
    this._wantsPolling = false;
    this._running = false;
    this._resuming = false;
    this.live = false;
    this._timers = { retry: 0, silence: 0 };
    this._probe = new Probe({
      url: addresses.socket,
      position: addresses.position,
      found: (line, reply) => this._backTo(line, reply),
    });
    this._heardAt = 0;
    this._comeBack = () => this._onOnline();
    this._goOffline = () => this._onOffline();
    this._looked = () => this._onLook();
  }

  start() {
    this._running = true;
    window.addEventListener("online", this._comeBack);
    window.addEventListener("offline", this._goOffline);
    document.addEventListener("visibilitychange", this._looked);
    this._open();
  }

  stop() {
    this._running = false;
    this.live = false;
    window.removeEventListener("online", this._comeBack);
    window.removeEventListener("offline", this._goOffline);
    document.removeEventListener("visibilitychange", this._looked);
    this._clear();
    this._probe.stop();
    if (this._line) {
      this._line.close();
    }
  }

  command(name, fields) {
    if (!this._line) {
      return Promise.reject(new Lost());
    }
    return this._line.command(name, fields || {});
  }

  async resume() {
    if (this._resuming || !this._line || this._line.kind === "polling") {
      // A poll asks for what comes after the last event, whatever happened.
      return;
    }
    const line = this._line;
    this._resuming = true;
    try {
      const reply = await line.command("resume", this._addresses.position());
      if (reply.ok && line === this._line) {
        this._welcome(reply);
      } else if (!reply.ok && reply.error.code === "not_allowed") {
        this._end("not_a_member");
      } else if (!reply.ok && reply.error.code === "arrive") {
        this._end("arrive");
      } else if (!reply.ok) {
        line.close();
      }
    } catch (lost) {
      // The line tells that itself, by closing.
    } finally {
      this._resuming = false;
    }
  }

  _open() {
    this._clear();
    this._status("connecting");
    this._take(this._socketLine() || new PollingLine(this._addresses));
  }

  /** A socket on its way; null where polling is wanted, or where this browser has no sockets or forbids them here. */
  _socketLine() {
    if (this._wantsPolling) {
      return null;
    }
    try {
      return new SocketLine(this._addresses.socket);
    } catch (error) {
      return null;
    }
  }

  _take(line) {
    this._line = line;
    line.on("open", (answer) => (answer ? this._welcome(answer) : this.resume()));
    line.on("heard", () => this._listenForSilence());
    line.on("frame", (frame) => this.emit("frame", frame));
    line.on("close", (how) => this._closed(line, how));
  }

  _backTo(line, reply) {
    const polling = this._line;
    this._wantsPolling = false;
    this._take(line);
    if (polling) {
      polling.close();
    }
    this._welcome(reply);
  }

  _welcome(reply) {
    this._attempt = 0;
    this._refusals = 0;
    this.live = true;
    if (this._line.kind === "polling") {
      this._probe.start();
    }
    this._listenForSilence();
    this.emit("welcome", reply);
    this._status("live");
  }

  _closed(line, { code, mute }) {
    if (line !== this._line) {
      return;
    }
    const wasLive = this.live;
    this._line = null;
    this.live = false;
    this._resuming = false;
    this._probe.stop();
    if (!this._running) {
      return;
    }
    if (FINAL[code]) {
      this._end(FINAL[code]);
      return;
    }
    this._chooseWay(line, wasLive, mute);
    this._retry(code);
  }

  _chooseWay(line, wasLive, mute) {
    if (navigator.onLine === false) {
      return;
    }
    if (line.kind === "polling") {
      // What has carried the talk is asked first; what never did makes room for a socket.
      this._wantsPolling = line.works;
      this._refusals = 0;
    } else if (!wasLive) {
      this._refusals += mute ? REFUSALS_BEFORE_POLLING : 1;
      this._wantsPolling = this._refusals >= REFUSALS_BEFORE_POLLING;
    }
  }

  _retry(code) {
    if (navigator.onLine === false) {
      this._status("offline");
    }
    const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * Math.pow(2, this._attempt));
    this._attempt += 1;
    // Full jitter: after a restart everyone comes back at another moment.
    const wait = (BUSY.has(code) ? FIRST_WAIT_MS : 0) + Math.random() * most;
    this._clear();
    this._timers.retry = setTimeout(() => this._open(), wait);
    if (navigator.onLine !== false) {
      this._status("waiting", Math.ceil(wait / 1000));
    }
  }

  _end(why) {
    this.stop();
    this._status("ended");
    this.emit("ended", { why });
  }

  _listenForSilence() {
    clearTimeout(this._timers.silence);
    if (this._line && this._line.kind === "socket") {
      this._heardAt = Date.now();
      this._timers.silence = setTimeout(() => this.resume(), SILENCE_MS);
    }
  }

  _onOnline() {
    this._attempt = 0;
    if (this._line && this.live) {
      // The old socket belongs to the old network; asking shows whether it still lives.
      this.resume();
      return;
    }
    // A handshake begun without a network may hang until patience ends; a new one is answered at once.
    const hanging = this._line;
    this._line = null;
    if (hanging) {
      hanging.close();
    }
    // Another network may let through what the last one did not.
    this._wantsPolling = false;
    this._open();
  }

  _onOffline() {
    if (this._line) {
      this._line.close();
    }
    this._status("offline");
  }

  _onLook() {
    // Phones stop timers in hidden pages: the silence may be long over.
    if (document.visibilityState !== "visible") {
      return;
    }
    if (!this._line) {
      this._attempt = 0;
      this._open();
    } else if (this.live && Date.now() - this._heardAt > SILENCE_MS) {
      this.resume();
    }
  }

  _status(status, seconds) {
    this.emit("status", { status, seconds: seconds || 0 });
  }

  _clear() {
    clearTimeout(this._timers.retry);
    clearTimeout(this._timers.silence);
  }
}
