/**
 * Which part of the log stands on the page: as much as a slow phone carries lightly, however long the log is. It
 * moves along with who reads; what it leaves behind stays in the log and is drawn again on the way back.
 *
 *   const stretch = new Stretch({log, most});   most: so many entries at most, for measuring; MOST without it
 *   stretch.entries       those that stand there, oldest first
 *   stretch.reachesStart  nothing the log knows stands before them;  stretch.reachesEnd  nor after them
 *   stretch.up()          further back by a step, → whether there was more;  stretch.down()  forward
 *   stretch.toStart()  stretch.toEnd()  stretch.around(entry)   few at first: what is drawn at once, she waits for
 *   stretch.grown(follows)   the log has got longer; follows: the reader is at its end
 *   Nothing is drawn here: whoever moves it draws the column again.
 */
const STEP = 14;
const FIRST = 3 * STEP;
export const MOST = 7 * STEP;

export class Stretch {
  constructor({ log, most }) {
    this._log = log;
    this._most = most || MOST;
    this._first = most || FIRST;
    this._from = 0;
    this._to = Infinity;
  }

  get entries() {
    return this._log.entries.filter(({ seq }) => seq >= this._from && seq <= this._to);
  }

  get reachesStart() {
    const [oldest] = this._log.entries;
    return !oldest || oldest.seq >= this._from;
  }

  get reachesEnd() {
    return this._to === Infinity;
  }

  up() {
    const isMore = this._start > 0;
    if (isMore) {
      const start = Math.max(0, this._start - STEP);
      this._set(start, Math.min(this._end, start + this._most));
    }
    return isMore;
  }

  down() {
    const isMore = !this.reachesEnd;
    if (isMore) {
      const end = this._end + STEP;
      this._set(Math.max(this._start, Math.min(end, this._log.entries.length) - this._most), end);
    }
    return isMore;
  }

  toStart() {
    this._set(0, this._first);
  }

  toEnd() {
    const { length } = this._log.entries;
    this._set(length - this._first, length);
  }

  around(entry) {
    const place = this._log.entries.indexOf(entry);
    this._set(place - STEP, Math.max(place + STEP, place - STEP + this._first));
  }

  grown(follows) {
    const tooMany = this.reachesEnd && this.entries.length > this._most + STEP;
    if (tooMany && follows) {
      this.toEnd();
    } else if (tooMany) {
      // Who reads further up keeps what she reads: it is the new that waits.
      this._set(this._start, this._start + this._most);
    }
  }

  /** Where it begins and ends among the log's entries, the end not included. */
  get _start() {
    const first = this._log.entries.findIndex(({ seq }) => seq >= this._from);
    return first < 0 ? this._log.entries.length : first;
  }

  get _end() {
    return this._start + this.entries.length;
  }

  _set(start, end) {
    const { entries } = this._log;
    // Numbers of events, not places among them: these change with every page of history.
    this._from = entries.length ? entries[Math.max(0, start)].seq : 0;
    this._to = end < entries.length ? entries[end - 1].seq : Infinity;
  }
}
