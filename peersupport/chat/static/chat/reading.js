/**
 * Tells the server how far she has read. Only while she is there: reading keeps a sign-in alive, and a phone
 * left on a table does not read.
 *
 *   new Reading({view, room});
 */
const EVERY_MS = 5000;
const THERE_FOR_MS = 120000;

export class Reading {
  constructor({ view, room }) {
    this._room = room;
    this._told = 0;
    this._seen = 0;
    this._actedAt = Date.now();
    this._timer = 0;
    view.on("seen", (seq) => this._has(seq));
    for (const act of ["pointerdown", "keydown", "touchstart", "wheel"]) {
      document.addEventListener(act, () => this._acted(), { passive: true });
    }
  }

  _acted() {
    this._actedAt = Date.now();
    this._soon();
  }

  _has(seq) {
    this._seen = Math.max(this._seen, seq);
    this._soon();
  }

  _soon() {
    if (!this._timer && this._seen > this._told && Date.now() - this._actedAt < THERE_FOR_MS) {
      this._timer = setTimeout(() => this._tell(), EVERY_MS);
    }
  }

  async _tell() {
    this._timer = 0;
    const seq = this._seen;
    const reply = await this._room.read(seq);
    if (reply.ok) {
      this._told = Math.max(this._told, seq);
    }
  }
}
