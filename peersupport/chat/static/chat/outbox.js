/**
 * What this person wrote and nobody else has seen yet. Kept in memory only, never in the browser's storage.
 *
 * Messages go out one after the other, so that hers stay in her order. Each keeps the id it was born with: sending
 * again after a lost answer gives one message, not two.
 *
 *   const outbox = new Outbox(send)      send({id, body, note, reply_to, confirmed}) → Promise of the reply;
 *                                        it rejects when the connection is lost before the answer
 *   outbox.add({body, note, replyTo, confirmed})    → item; confirmed: she was asked already
 *   outbox.open() / outbox.shut()        the connection is there (send what is unsent) / is gone
 *   outbox.hurry()                       everybody writes as usual again: what waited for that goes out now
 *   outbox.retry(id)                     try a failed one again
 *   outbox.confirm(id)                   "send anyway" after personal details were found
 *   outbox.remove(id)                    → item; she changes or drops it
 *   outbox.published(id)                 it came back in the log: nothing of it is left here
 *   outbox.setHeld(items)                the server's list of her messages that wait for a facilitator
 *   outbox.decided(outcome)              {target, decision, reason, template, at, seen} of one of them
 *   outbox.items                         oldest first
 *   events: "change" (item)
 *
 * item: {key, id, body, note, replyTo, at, state, error, findings, reason, confirmed}
 * state: "waiting" (no connection) · "sending" · "sent" (acknowledged, on its way back in the log) · "held" (a
 * facilitator reads it first) · "asking" (personal details found: findings) · "failed" (error: {code, …}) ·
 * "slow" (not her turn to write yet; goes out by itself: slow is once in how many seconds) · "declined" (reason; seen: she knew that before this page was opened)
 */
import { Emitter } from "./emitter.js";
import { newId } from "./ids.js";

/** Errors after which trying the same text again by itself can only help. */
const PASSING = new Set(["rate_limited"]);

export class Outbox extends Emitter {
  constructor(send) {
    super();
    this.items = [];
    this._send = send;
    this._open = false;
    this._busy = false;
    this._over = () => {};
    // The server tells a decision again at every connection; once read is enough.
    this._dropped = new Set();
  }

  add({ body, note, replyTo, confirmed }) {
    const id = newId();
    const item = {
      key: id,
      id,
      body,
      note: note || null,
      replyTo: replyTo || null,
      at: new Date().toISOString(),
      state: this._open ? "sending" : "waiting",
      error: null,
      findings: [],
      reason: null,
      confirmed: Boolean(confirmed),
    };
    this.items.push(item);
    this.emit("change", item);
    this._next();
    return item;
  }

  find(id) {
    return this.items.find((item) => item.id === id);
  }

  open() {
    this._open = true;
    for (const item of this.items) {
      if (item.state === "waiting") {
        this._set(item, "sending");
      }
    }
    this._next();
  }

  shut() {
    this._open = false;
    for (const item of this.items) {
      if (item.state === "sending") {
        this._set(item, "waiting");
      }
    }
  }

  hurry() {
    this._over();
  }

  retry(id) {
    const item = this.find(id);
    if (item && item.state === "failed") {
      item.error = null;
      this._set(item, this._open ? "sending" : "waiting");
      this._next();
    }
  }

  confirm(id) {
    const item = this.find(id);
    if (item && item.state === "asking") {
      item.confirmed = true;
      this._set(item, this._open ? "sending" : "waiting");
      this._next();
    }
  }

  remove(id) {
    const item = this.find(id);
    if (item) {
      this._dropped.add(id);
      this._take(item);
    }
    return item;
  }

  published(id) {
    return this.remove(id);
  }

  setHeld(items) {
    const waiting = new Set(items.map((held) => held.id));
    for (const item of this.items.filter((one) => one.state === "held" && !waiting.has(one.id))) {
      // Released: the log brings it. Declined: the outcome follows. Neither by the next time: taken back elsewhere.
      if (item.leaving) {
        this._take(item);
      }
      item.leaving = true;
    }
    for (const held of items) {
      const item = this.find(held.id) || this._adopt(held);
      item.reason = held.why || item.reason;
      this._set(item, "held");
    }
  }

  decided({ target, decision, reason, template, at, seen }) {
    if (decision !== "declined" || this._dropped.has(target)) {
      return;
    }
    // After a reload only the decision is left of it: the text was not kept.
    const item = this.find(target) || this._adopt({ id: target, body: null, at: at || null });
    if (item.state !== "declined") {
      item.reason = reason || null;
      item.template = template || null;
      item.seen = Boolean(seen);
      this._set(item, "declined");
    }
  }

  _take(item) {
    this.items.splice(this.items.indexOf(item), 1);
    this.emit("change", item);
  }

  _adopt(held) {
    const item = {
      key: held.id,
      id: held.id,
      body: held.body,
      note: held.note || null,
      replyTo: held.reply_to || null,
      at: held.at,
      state: "",
      error: null,
      findings: [],
      reason: null,
      confirmed: true,
    };
    this.items.push(item);
    return item;
  }

  async _next() {
    const item = this.items.find((one) => one.state === "sending");
    if (!item || this._busy || !this._open) {
      return;
    }
    this._busy = true;
    try {
      await this._settle(item, await this._send(this._fields(item)));
    } catch (lost) {
      if (item.state === "sending") {
        this._set(item, "waiting");
      }
    }
    this._busy = false;
    this._next();
  }

  _fields(item) {
    const fields = { id: item.id, body: item.body };
    if (item.note) {
      fields.note = item.note;
    }
    if (item.replyTo) {
      fields.reply_to = item.replyTo;
    }
    if (item.confirmed) {
      fields.confirmed = true;
    }
    return fields;
  }

  async _settle(item, reply) {
    if (!this.items.includes(item)) {
      // The log was quicker than the acknowledgement.
      return;
    }
    if (reply.ok) {
      item.reason = reply.reason || null;
      this._set(item, reply.state === "held" ? "held" : "sent");
    } else if (reply.error.code === "confirm") {
      item.findings = reply.error.findings || reply.findings || [];
      this._set(item, "asking");
    } else if (PASSING.has(reply.error.code)) {
      if (reply.error.slow) {
        // Each writes once in a while just now: that may take longer than a moment, and she is told.
        item.slow = reply.error.slow;
        this._set(item, "slow");
      }
      await this._rest(1000 * (reply.error.retry_after || 1));
      if (item.state === "slow" && this.items.includes(item)) {
        this._set(item, this._open ? "sending" : "waiting");
      }
    } else {
      item.error = reply.error;
      this._set(item, "failed");
    }
  }

  /** Waits before trying again; until then the rest waits as well, so that hers stay in her order. */
  _rest(ms) {
    return new Promise((resolve) => {
      this._over = resolve;
      setTimeout(resolve, ms);
    });
  }

  _set(item, state) {
    item.state = state;
    this.emit("change", item);
  }
}
