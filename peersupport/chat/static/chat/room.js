/**
 * One room, live: its log, what this person has not got through yet, who is here. The pages build on it:
 * a member's room and a facilitator's console differ only in what they show of it. No DOM in here.
 *
 *   Room is imported from this file, by a path relative to the page's own module.
 *   const room = new Room({id, socket, events, messages, token, from, epoch});   addresses as the page gives them;
 *   from: the number of the event after which the page begins (history.js brings what was before), 0 for all
 *   room.start();  room.stop();
 *
 * What it knows, always current:
 *   room.log        a Log (log.js): entries, message(id), room {state, mode, stage, pinned, exercise}
 *   room.outbox     an Outbox (outbox.js): her own messages that are not in the log yet
 *   room.you        {id, name, role, …} or null until the first answer
 *   room.state      "closed" | "open" | "paused";  room.mode  "live" | "hold_first" | "hold_flagged" | "hold_all"
 *   room.alone      no facilitator is here, and every message waits
 *   room.slow       each parent may write once in so many seconds; 0: as usual
 *   room.readUpTo   the number of the last event she had read before
 *   room.present    who is here: [{id, name, role, hand, quiet}]
 *   room.held       held messages as pushed: her own, or for a facilitator all
 *   room.status     of the connection: "connecting" | "live" | "waiting" | "offline" | "ended"
 *
 * What one can do. All give a promise of the protocol's reply {ok, …} and never throw; without a connection the
 * reply is {ok: false, error: {code: "lost"}}:
 *   room.post({body, note, replyTo})   → an outbox item at once, not a promise: it follows its own way
 *   room.retract(id)  room.report(id, reason)  room.hand(up)  room.typing()  room.read(seq, told)
 *   room.command(name, fields)         any other command: open, close, release, mute …
 *   room.earlier()                     brings a page of history: Promise of {ok, added}
 *   room.reach(id)                     brings history until a message is there: Promise of the message, or undefined
 *
 * What it tells: room.on(name, listener)
 *   "entries"   {added, changed, fresh}  the log moved on. fresh: true when it happened just now, false at first
 *   "earlier"   added                    a page of history, oldest first: it stands before all that was there
 *   "reset"     –                        the log starts anew: forget all entries shown
 *   "outbox"    item                     one of hers changed its state
 *   "ready"     –                        first time that everything up to now is here
 *   "you"       you
 *   "state"     {state, mode, stage, pinned, exercise, alone, slow}   of the room; all are also room.state, room.mode …
 *   "course"    {round, check_in_asked}  "checkins"  {people}, to facilitators: as pushed
 *   "presence"  present                  "typing"   person
 *   "held"      items                    "outcome"  {target, decision, reason, template, seen, whom, about}
 *   "muted"     frame                    who only reads: herself, or for a facilitator all
 *   "alert"     frame                    to facilitators: as pushed
 *   "rooms"     {rooms}                  the others she may enter: [{id, kind, state, member?}]
 *   "side_room" frame                    one of them was opened for her, or has closed: {room, open, member?}
 *   "status"    {status, seconds}        of the connection, for a calm line of words
 *   "ended"     {why}                    "signed_out", "not_a_member": show no more of the room; "arrive": a meeting
 *                                        is on, and she has to come in by its page
 */
import { Connection } from "./connection.js";
import { Emitter } from "./emitter.js";
import { History } from "./history.js";
import { Log } from "./log.js";
import { Outbox } from "./outbox.js";

const LOST = { ok: false, error: { code: "lost" } };
const TYPING_EVERY_MS = 4000;

export class Room extends Emitter {
  constructor(config) {
    super();
    this.id = config.id;
    this.log = new Log({ from: config.from, epoch: config.epoch });
    this.history = new History({ log: this.log, events: config.events });
    this.you = null;
    this.state = "closed";
    this.mode = "live";
    this.stage = this.pinned = this.exercise = null;
    this.alone = false;
    this.slow = 0;
    this.readUpTo = 0;
    this.present = [];
    this.held = [];
    this.status = "connecting";
    this._ready = false;
    this._goal = 0;
    this._typedAt = 0;
    this._bye = null;
    this.connection = new Connection(
      Object.assign({ position: () => this.log.position }, config)
    );
    this.outbox = new Outbox((fields) => this.connection.command("post", fields));
    this.outbox.on("change", (item) => this.emit("outbox", item));
    this.connection.on("welcome", (reply) => this._welcome(reply));
    this.connection.on("frame", (frame) => this._frame(frame));
    this.connection.on("status", (status) => this._status(status));
    this.connection.on("ended", (how) => this.emit("ended", { why: this._bye || how.why }));
  }

  start() {
    this.connection.start();
  }

  stop() {
    this.connection.stop();
  }

  post(text) {
    return this.outbox.add(text);
  }

  async command(name, fields) {
    try {
      return await this.connection.command(name, fields);
    } catch (lost) {
      return LOST;
    }
  }

  appeal(id, reason) {
    return this.command("appeal", { target: id, reason });
  }

  /** About what was decided about herself: "mute" or "hold_member". */
  appealAboutHer(decision, reason) {
    return this.command("appeal", { decision, reason });
  }

  async earlier() {
    const answer = await this.history.page();
    if (answer.added.length) {
      this.emit("earlier", answer.added);
    }
    return answer;
  }

  async reach(id) {
    while (!this.log.message(id) && !this.log.complete) {
      const { first } = this.log;
      await this.earlier();
      if (this.log.first === first) {
        break;
      }
    }
    return this.log.message(id);
  }

  retract(id) {
    return this.command("retract", { target: id });
  }

  report(id, reason) {
    return this.command("report", { target: id, reason });
  }

  hand(up) {
    return this.command("hand", { up });
  }

  /** How far she has read; `told` are the targets of outcomes that she has seen. */
  read(seq, told) {
    return this.command("read", told.length ? { seq, told } : { seq });
  }

  /** She is writing. Told at most every few seconds. */
  typing() {
    const now = Date.now();
    if (this.connection.live && now - this._typedAt > TYPING_EVERY_MS) {
      this._typedAt = now;
      this.command("typing");
    }
  }

  _welcome(reply) {
    const known = this.log.epoch;
    if (reply.reset || (known && known !== reply.epoch)) {
      this.log.reset(reply.epoch);
      this.emit("reset");
    }
    this.log.epoch = reply.epoch;
    this._goal = reply.head;
    this.readUpTo = Math.max(this.readUpTo, reply.read || 0);
    this._setYou(reply.you);
    this._setState(reply.room);
    this._setPresent(reply.present);
    this.emit("rooms", { rooms: reply.rooms || [] });
    this._caughtUp();
  }

  _frame(frame) {
    if (frame.push === "events") {
      this._events(frame.events);
    } else if (frame.push === "presence") {
      this._setPresent(frame.present);
    } else if (frame.push === "held") {
      this._setHeld(frame.items);
    } else if (frame.push === "outcome") {
      this.outbox.decided(frame);
      this.emit("outcome", frame);
    } else if (frame.push === "bye") {
      this._bye = frame.code === "ejected" || frame.code === "signed_out" ? frame.code : null;
    } else {
      this.emit(frame.push, frame.push === "typing" ? frame.by : frame);
    }
  }

  _events(events) {
    const { added, changed, gap } = this.log.apply(events);
    for (const entry of added) {
      if (entry.kind === "message") {
        this.outbox.published(entry.id);
      }
    }
    if (added.length || changed.length) {
      this.emit("entries", { added, changed, fresh: this._ready });
    }
    if (this.log.head > this._goal) {
      this._setState(this.log.room);
    } else if (this.log.head === this._goal) {
      this._setAlone();
    }
    this._caughtUp();
    if (gap) {
      this.connection.resume();
    }
  }

  _caughtUp() {
    if (this.log.head < this._goal) {
      return;
    }
    if (!this._ready) {
      this._ready = true;
      this.emit("ready");
      if (this.pinned) {
        this.reach(this.pinned);
      }
    }
    if (this.connection.live) {
      this.outbox.open();
    }
  }

  _setYou(you) {
    if (you) {
      this.you = you;
      this.emit("you", you);
    }
  }

  _setState(room) {
    if (!room) {
      return;
    }
    const before = JSON.stringify(this._course());
    this.state = room.state || this.state;
    this.mode = room.mode || this.mode;
    this.stage = room.stage || null;
    this.pinned = room.pinned || null;
    this.exercise = room.exercise || null;
    this.slow = room.slow || 0;
    this.alone = this.log.room.alone;
    const now = this._course();
    Object.assign(this.log.room, now);
    if (!this.slow) {
      this.outbox.hurry();
    }
    if (before !== JSON.stringify(now)) {
      this.emit("state", now);
    }
  }

  _course() {
    const { state, mode, stage, pinned, exercise, alone, slow } = this;
    return { state, mode, stage, pinned, exercise, alone, slow };
  }

  /** Only the log says so: known when everything up to now is here. */
  _setAlone() {
    if (this.alone !== this.log.room.alone) {
      this.alone = this.log.room.alone;
      this.emit("state", this._course());
    }
  }

  _setPresent(present) {
    if (present) {
      this.present = present;
      this.emit("presence", present);
    }
  }

  _setHeld(items) {
    this.held = items;
    const mine = this.you ? items.filter((item) => !item.by || item.by.id === this.you.id) : items;
    this.outbox.setHeld(mine);
    this.emit("held", items);
  }

  _status(status) {
    this.status = status.status;
    if (status.status !== "live") {
      this.outbox.shut();
    }
    this.emit("status", status);
  }
}
