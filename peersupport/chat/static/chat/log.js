/**
 * The room's log as this page knows it: events in, what a reader sees out. No DOM, no network, no clock.
 *
 *   const log = new Log();
 *   log.position            {after, epoch}: what a `resume` has to say
 *   log.apply(events)       {added, changed, gap}: entries, oldest first; gap: events are missing, ask again
 *   log.reset(epoch)        forget everything; the next event may have any number
 *   log.entries             everything, oldest first
 *   log.message(id)         one message entry, or undefined
 *
 * An entry: {key, kind, seq, at (ISO text), by}. Of kind "message" also
 * {id, body, note, replyTo, fate, reason, template}: fate is null, "retracted", "removed" or "erased", and then body is
 * null. Other kinds that stand in the column as a quiet line: opened, closed (with why), paused, resumed, unattended,
 * attended.
 *
 * `log.room` is {state, mode, stage, pinned, exercise, alone} as the events tell it.
 */

const FATES = { retracted: "retracted", removed: "removed", erased: "erased" };
const STATES = { opened: "open", closed: "closed", paused: "paused", resumed: "open" };

export class Log {
  constructor() {
    this.reset(null);
  }

  reset(epoch) {
    this.epoch = epoch;
    this.head = 0;
    this.entries = [];
    this.room = { state: "closed", mode: "live", stage: null, pinned: null, exercise: null, alone: false };
    this._messages = new Map();
    // After a pruning the oldest kept event is not number 1.
    this._anyStart = true;
  }

  get position() {
    return this.epoch ? { after: this.head, epoch: this.epoch } : { after: this.head };
  }

  message(id) {
    return this._messages.get(id);
  }

  apply(events) {
    const added = [];
    const changed = [];
    for (const event of events) {
      if (event.seq <= this.head) {
        continue;
      }
      if (event.seq !== this.head + 1 && !this._anyStart) {
        return { added, changed, gap: true };
      }
      this._anyStart = false;
      this.head = event.seq;
      this._take(event, added, changed);
    }
    return { added, changed, gap: false };
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
      this.room.state = STATES[event.kind];
      this.room.exercise = event.exercise || null;
      this.room.stage = event.kind === "closed" ? null : this.room.stage;
      this.room.alone = this.room.alone && event.kind === "paused";
      added.push(this._line(event));
    } else if (event.kind === "unattended" || event.kind === "attended") {
      this.room.alone = event.kind === "unattended";
      added.push(this._line(event));
    } else if (event.kind === "mode") {
      this.room.mode = event.mode;
    } else if (event.kind === "stage") {
      this.room.stage = { name: event.name, until: event.until };
    } else if (event.kind === "pinned") {
      this.room.pinned = event.target || null;
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
    this.entries.push(entry);
    return entry;
  }

  _end(event) {
    const message = this._messages.get(event.target);
    if (message) {
      message.fate = FATES[event.kind];
      message.reason = event.reason || null;
      message.template = event.template || null;
      message.body = null;
      message.note = null;
    }
    return message;
  }

  _line(event) {
    const entry = { key: `line-${event.seq}`, kind: event.kind, seq: event.seq, at: event.at, by: event.by, why: event.why || null };
    this.entries.push(entry);
    return entry;
  }
}
