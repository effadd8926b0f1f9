/**
 * Tells the server how far she has read, and which decisions about messages of hers she has seen. Only while she is
 * there: reading keeps a sign-in alive, and a phone left on a table does not read.
 *
 *   new Reading({view, room});
 */
const EVERY_MS = 5000;
const THERE_FOR_MS = 120000;
/** As many as the server takes at once. */
const TOLD_MOST = 50;

export class Reading {
  constructor({ view, room }) {
    this._room = room;
    this._view = view;
    this._told = 0;
    this._seen = 0;
    // Outcomes that are new to her: come, and then in sight.
    this._came = new Set();
    this._inSight = new Set();
    this._actedAt = Date.now();
    this._timer = 0;
    view.on("seen", (seq) => this._has(seq));
    room.on("outcome", (outcome) => this._hears(outcome));
    for (const act of ["pointerdown", "keydown", "touchstart", "wheel"]) {
      document.addEventListener(act, () => this._acted(), { passive: true });
    }
  }

  _hears({ target, seen }) {
    if (!seen) {
      this._came.add(target);
      if (this._view.atEnd && !document.hidden) {
        this._has(this._seen);
      }
    }
  }

  _acted() {
    this._actedAt = Date.now();
    this._soon();
  }

  _has(seq) {
    this._seen = Math.max(this._seen, seq);
    for (const target of Array.from(this._came).filter((one) => this._view.shows(one))) {
      this._came.delete(target);
      this._inSight.add(target);
    }
    this._soon();
  }

  _soon() {
    const isNew = this._seen > this._told || this._inSight.size > 0;
    if (!this._timer && isNew && Date.now() - this._actedAt < THERE_FOR_MS) {
      this._timer = setTimeout(() => this._tell(), EVERY_MS);
    }
  }

  async _tell() {
    this._timer = 0;
    const seq = this._seen;
    const told = Array.from(this._inSight).slice(0, TOLD_MOST);
    const reply = await this._room.read(seq, told);
    if (reply.ok) {
      this._told = Math.max(this._told, seq);
      for (const target of told) {
        this._inSight.delete(target);
      }
    }
  }
}
