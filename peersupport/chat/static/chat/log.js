/**
 * The room's log as this page knows it: events in, what a reader sees out. No DOM, no network, no clock.
 *
 *   const log = new Log({from, epoch});   from: the number after which it begins; without one, at the first event
 *   log.position            {after, epoch}: what a `resume` has to say
 *   log.apply(events)       {added, changed, gap}: entries, oldest first; gap: events are missing, ask again
 *   log.prepend(events, after)  → entries added, oldest first: a page of history, everything after that number
 *   log.first               the number of the oldest event it knows;  log.complete  there is nothing before it
 *   log.reset(epoch)        forget everything; the next event may have any number
 *   log.entries             everything, oldest first
 *   log.message(id)         one message entry, or undefined
 *
 * An entry: {key, kind, seq, at (ISO text), by}. Of kind "message" also
 * {id, body, note, replyTo, fate, reason, template}: fate is null, "retracted", "removed" or "erased", and then body is
 * null. Other kinds that stand in the column as a quiet line: opened, closed (with why), paused, resumed, unattended,
 * attended, late, aside, back, slow (with seconds).
 *
 * `log.room` is {state, mode, stage, pinned, exercise, alone, slow} as the events tell it.
 */

const FATES = { retracted: "retracted", removed: "removed", erased: "erased" };
/** Quiet lines beside those of the room's state. */
const LINES = new Set(["aside", "back", "slow", "late"]);
const STATES = { opened: "open", closed: "closed", paused: "paused", resumed: "open" };

export class Log {
  constructor({ from, epoch } = {}) {
    this._begin(from || 0, epoch || null);
  }

  reset(epoch) {
    this._begin(0, epoch);
  }

  _begin(from, epoch) {
    this.epoch = epoch;
    this.head = from;
    this.first = from + 1;
    this.entries = [];
    this.room = { state: "closed", mode: "live", stage: null, pinned: null, exercise: null, alone: false, slow: 0 };
    this._messages = new Map();
    // What became of messages, also of those whose page has not been asked for yet.
    this._endings = new Map();
    // After a pruning the oldest kept event is not number 1.
    this._anyStart = true;
  }

  get position() {
    return this.epoch ? { after: this.head, epoch: this.epoch } : { after: this.head };
  }

  get complete() {
    return this.first <= 1;
  }

  message(id) {
    return this._messages.get(id);
  }

  apply(events) {
    const added = [];
    const changed = [];
    let gap = false;
    for (const event of events) {
      if (event.seq <= this.head) {
        continue;
      }
      gap = event.seq !== this.head + 1 && !this._anyStart;
      if (gap) {
        break;
      }
      this._anyStart = false;
      this.head = event.seq;
      this._tell(event);
      this._take(event, added, changed);
    }
    for (const entry of added) {
      this.entries.push(entry);
    }
    return { added, changed, gap };
  }

  prepend(events, after) {
    const added = [];
    const older = events.filter((event) => event.seq < this.first);
    for (const event of older) {
      this._take(event, added, []);
    }
    this.entries = added.concat(this.entries);
    // Nothing before: what is missing there was pruned.
    this.first = older.length ? Math.min(after + 1, older[0].seq) : 1;
    return added;
  }

  /** What the room is like, as the newest events say it. */
  _tell(event) {
    if (STATES[event.kind]) {
      this.room.state = STATES[event.kind];
      this.room.exercise = event.exercise || null;
      this.room.stage = event.kind === "closed" ? null : this.room.stage;
      this.room.alone = this.room.alone && event.kind === "paused";
      this.room.slow = event.kind === "closed" ? 0 : this.room.slow;
    } else if (event.kind === "unattended" || event.kind === "attended") {
      this.room.alone = event.kind === "unattended";
    } else if (event.kind === "mode") {
      this.room.mode = event.mode;
    } else if (event.kind === "slow") {
      this.room.slow = event.seconds;
    } else if (event.kind === "stage") {
      this.room.stage = { name: event.name, until: event.until };
    } else if (event.kind === "pinned") {
      this.room.pinned = event.target || null;
    }
  }

  _take(event, added, changed) {
    if (event.kind === "message") {
      added.push(this._write(event));
    } else if (FATES[event.kind]) {
      const message = this._end(event);
      if (message && !added.includes(message) && !changed.includes(message)) {
        changed.push(message);
      }
    } else if (STATES[event.kind]) {
      added.push(this._line(event));
    } else if (event.kind === "unattended" || event.kind === "attended") {
      added.push(this._line(event));
    } else if (LINES.has(event.kind)) {
      added.push(this._line(event));
    }
  }

  _write(event) {
    // For a message that was taken back before we asked, the server sends no text.
    const entry = {
      key: event.id,
      kind: "message",
      seq: event.seq,
      at: event.at,
      by: event.by,
      id: event.id,
      body: typeof event.body === "string" ? event.body : null,
      note: event.note || null,
      replyTo: event.reply_to || null,
      fate: null,
      reason: null,
      template: null,
    };
    this._messages.set(entry.id, entry);
    if (this._endings.has(entry.id)) {
      this._apply(this._endings.get(entry.id), entry);
    }
    return entry;
  }

  _end(event) {
    this._endings.set(event.target, event);
    const message = this._messages.get(event.target);
    if (message) {
      this._apply(event, message);
    }
    return message;
  }

  _apply(event, message) {
    message.fate = FATES[event.kind];
    message.reason = event.reason || null;
    message.template = event.template || null;
    message.body = null;
    message.note = null;
  }

  _line(event) {
    return { key: `line-${event.seq}`, kind: event.kind, seq: event.seq, at: event.at, by: event.by, why: event.why || null, seconds: event.seconds || 0 };
  }
}
