/**
 * The way without WebSocket: a long poll that brings what is new, and a POST that takes what she writes.
 * It looks like a SocketLine to the rest, so that nothing else has to know.
 *
 *   const line = new PollingLine({events, messages, commands, token, position})
 *   line.command(name, fields)    → Promise of the reply; rejects with Lost when the network goes first
 *   line.close()
 *   events: "open" · "frame" · "heard" · "close" {code, opened}
 */
import { Emitter } from "./emitter.js";
import { Lost } from "./socket.js";

const WAIT_S = 25;
/** After this many polls the connection asks whether a WebSocket would open by now. */
export const POLLS_BEFORE_ANOTHER_TRY = 8;

export class PollingLine extends Emitter {
  constructor(addresses) {
    super();
    this.kind = "polling";
    this._addresses = addresses;
    this._ended = false;
    this._opened = false;
    this._stop = new AbortController();
    this._run();
  }

  async command(name, fields) {
    if (name === "resume") {
      return this._ask(this._addresses.position(), 0);
    }
    if (name !== "post") {
      // Presence, typing and the like need a socket; what matters goes through the page's own form.
      return { ok: false, error: { code: "not_allowed" } };
    }
    const response = await this._fetch(this._addresses.messages, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this._addresses.token },
      body: JSON.stringify(fields),
    });
    return this._reply(response);
  }

  close() {
    this._gone(1006);
  }

  async _run() {
    try {
      for (let polls = 0; !this._ended && polls < POLLS_BEFORE_ANOTHER_TRY; polls++) {
        const answer = await this._ask(this._addresses.position(), this._opened ? WAIT_S : 0);
        if (this._ended) {
          return;
        }
        if (!this._opened) {
          this._opened = true;
          this.emit("open", answer);
        }
        this.emit("heard");
        this.emit("frame", Object.assign({}, answer, { push: "answer" }));
      }
      this._gone(1000);
    } catch (error) {
      this._gone(error.code || 1006);
    }
  }

  async _ask(position, wait) {
    const address = new URL(this._addresses.events, location.href);
    address.searchParams.set("after", position.after);
    address.searchParams.set("wait", wait);
    if (position.epoch) {
      address.searchParams.set("epoch", position.epoch);
    }
    const response = await this._fetch(address, {});
    const answer = await response.json();
    return Object.assign({ ok: true }, answer);
  }

  async _fetch(address, options) {
    let response;
    try {
      response = await fetch(address, Object.assign({ signal: this._stop.signal }, options));
    } catch (error) {
      throw new Lost();
    }
    if (response.status === 401 || response.status === 403 || response.status === 404) {
      const lost = new Lost();
      lost.code = response.status === 404 ? 4403 : 4401;
      this._gone(lost.code);
      throw lost;
    }
    if (response.status >= 500) {
      throw new Lost();
    }
    return response;
  }

  async _reply(response) {
    const answer = await response.json();
    return Object.assign({ ok: response.ok }, answer);
  }

  _gone(code) {
    if (this._ended) {
      return;
    }
    this._ended = true;
    this._stop.abort();
    this.emit("close", { code, opened: this._opened });
  }
}
