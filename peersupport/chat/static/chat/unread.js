/**
 * What she has not seen yet: a line where it begins, a button that says how much it is and leads there. Where the end
 * does not stand on the page, the button leads to it.
 *
 *   const unread = new Unread({button, log, room, column, place, stretch, wording, show, toEnd});
 *     show(entry)   draws the column so that the entry stands there;  toEnd()  goes to the newest
 *   unread.came(entry)           one more came in out of sight: before the column is drawn
 *   unread.begins(entry, count)  the page opened with so many, the first of them this one
 *   unread.seen()                the end was reached: nothing is left
 *   unread.drawn()               the column was drawn
 */
import { part } from "./letter.js";

export class Unread {
  constructor(parts) {
    Object.assign(this, parts);
    this._count = 0;
    this._first = null;
    this.button.addEventListener("click", () => this.go());
  }

  came(entry) {
    if (this._count === 0) {
      this._mark(entry);
    }
    this._tell(this._count + 1);
  }

  begins(entry, count) {
    this._mark(entry);
    this.show(entry);
    this.column.marked.scrollIntoView({ block: "start" });
    if (!this.place.atEnd) {
      this._tell(count);
    }
  }

  seen() {
    this._tell(0);
  }

  drawn() {
    this._tell(this._count);
  }

  go() {
    const first = this._count && this._isBelow() && this._first;
    if (first) {
      this.show(first);
      this.column.marked.scrollIntoView({ block: "start" });
    } else {
      this.toEnd();
    }
    // The button goes away: whoever pressed it by key goes on with what it led to.
    this._focus(first ? this.column.find(first.key) : this._newest());
  }

  _isBelow() {
    if (this.column.find(this._first.key)) {
      return this.column.marked.getBoundingClientRect().top > this.log.getBoundingClientRect().bottom;
    }
    const last = this.stretch.entries.pop();
    return Boolean(last) && this._first.seq > last.seq;
  }

  _newest() {
    return this.column.letters.pop();
  }

  _tell(count) {
    const had = document.activeElement === this.button;
    this._count = count;
    this.button.hidden = count === 0 && this.stretch.reachesEnd;
    if (!this.button.hidden) {
      const key = count === 0 ? "newest" : count === 1 ? "new_message" : "new_messages";
      part(this.button, "count").textContent = this.wording.say(key, { count });
    } else if (had) {
      this._focus(this._newest());
    }
  }

  _focus(letter) {
    if (letter) {
      letter.tabIndex = -1;
      letter.focus({ preventScroll: true });
    }
  }

  _mark(entry) {
    this._first = entry;
    this.column.mark(entry.key, this.wording.say("line_new"));
  }
}
