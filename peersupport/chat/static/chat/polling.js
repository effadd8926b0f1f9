/**
 * The way without WebSocket: a long poll that brings what is new, and a POST that takes what she writes.
 * It looks like a SocketLine to the rest, so that nothing else has to know.
 *
 *   const line = new PollingLine({events, messages, token, position})
 *   line.command(name, fields)    → Promise of the reply; rejects with Lost when the network goes first
 *   line.close()
 *   events: "open" (the answer, which is a welcome) · "frame" · "close" {code}
 *   line.works    whether it has ever brought anything
 */
import { Emitter } from "./emitter.js";
import { Lost } from "./socket.js";

const WAIT_S = 25;
/** Not of the protocol: how this line closes when the server asks her to come in by the page first. */
export const ARRIVE = 4490;
/** What nobody would notice half a minute later. */
const NEED_A_SOCKET = new Set(["typing", "ping"]);
/** How much longer than asked an answer may take: a line that is cut somewhere in the middle never tells. */
const PATIENCE_MS = 15000;

export class PollingLine extends Emitter {
  constructor(addresses) {
    super();
    this.kind = "polling";
    this._addresses = addresses;
    this._ended = false;
    this.works = false;
    this._beside = null;
    this._stop = new AbortController();
    this._run();
  }

  async command(name, fields) {
    if (NEED_A_SOCKET.has(name)) {
      return { ok: false, error: { code: "not_allowed" } };
    }
    const response = await this._fetch(this._addresses.messages, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this._addresses.token },
      body: JSON.stringify(Object.assign({ cmd: name }, fields)),
    });
    try {
      return Object.assign({ ok: response.ok }, await response.json());
    } catch (error) {
      // An answer of somebody in between, or the refusal of a form: no word of the protocol.
      return { ok: false, error: { code: "internal" } };
    }
  }

  close() {
    this._gone(1006);
  }

  async _run() {
    try {
      while (!this._ended) {
        const answer = await this._ask(this.works ? WAIT_S : 0);
        if (!this._ended) {
          this._bring(answer);
        }
      }
    } catch (error) {
      this._gone(error.code || 1006);
    }
  }

  /** One answer holds what a socket brings piece by piece: the welcome, the events, the pushes beside them. */
  _bring(answer) {
    if (!this.works || answer.reset) {
      this.works = true;
      this.emit("open", answer);
    } else {
      this.emit("frame", { push: "presence", present: answer.present });
      this.emit("frame", { push: "rooms", rooms: answer.rooms });
    }
    if (answer.events.length) {
      this.emit("frame", { push: "events", events: answer.events, head: answer.head });
    }
    this._beside = answer.beside;
    for (const push of answer.pushes) {
      this.emit("frame", push);
    }
  }

  async _ask(wait) {
    const position = this._addresses.position();
    const address = new URL(this._addresses.events, location.href);
    address.searchParams.set("after", position.after);
    address.searchParams.set("wait", wait);
    if (this._beside !== null) {
      // What came to stand beside the log between two answers is news as well.
      address.searchParams.set("beside", this._beside);
    }
    if (position.epoch) {
      address.searchParams.set("epoch", position.epoch);
    }
    const response = await this._fetch(address.href, {}, 1000 * wait, this._stop);
    const answer = await response.json();
    if (!response.ok) {
      const lost = new Lost();
      lost.code = answer.error.code === "arrive" ? ARRIVE : undefined;
      throw lost;
    }
    return answer;
  }

  /** What she sends is not cut off when the line changes: it may have arrived. */
  async _fetch(address, options, wait, stop) {
    const cut = stop || new AbortController();
    const timer = setTimeout(() => cut.abort(), (wait || 0) + PATIENCE_MS);
    let response;
    try {
      response = await fetch(address, Object.assign({ signal: cut.signal, redirect: "error" }, options));
    } catch (error) {
      throw new Lost();
    } finally {
      clearTimeout(timer);
    }
    if (response.status === 401 || response.status === 404) {
      // Not signed in, not a member, no such room: the server gives one answer to all three.
      const lost = new Lost();
      lost.code = 4403;
      this._gone(lost.code);
      throw lost;
    }
    if (response.status >= 500) {
      throw new Lost();
    }
    return response;
  }

  _gone(code) {
    if (this._ended) {
      return;
    }
    this._ended = true;
    this._stop.abort();
    this.emit("close", { code, mute: false });
  }
}
