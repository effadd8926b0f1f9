/**
 * What she has not seen yet: a line where it begins, a button that says how much it is and leads there.
 *
 *   const unread = new Unread({button, column, place, wording});
 *   unread.came(element)          one more came in out of sight
 *   unread.begins(element, count) the page opened with so many, the first of them this one
 *   unread.seen()                 the end was reached: nothing is left
 */
import { part } from "./letter.js";

export class Unread {
  constructor({ button, log, column, place, wording }) {
    this._button = button;
    this._log = log;
    this._column = column;
    this._place = place;
    this._wording = wording;
    this._count = 0;
    this._line = null;
    button.addEventListener("click", () => this.go());
  }

  came(element) {
    if (this._count === 0) {
      this._draw(element);
    }
    this._tell(this._count + 1);
  }

  begins(element, count) {
    this._draw(element);
    this._line.scrollIntoView({ block: "start" });
    if (!this._place.atEnd) {
      this._tell(count);
    }
  }

  seen() {
    this._tell(0);
  }

  go() {
    const isBelow = this._line && this._line.getBoundingClientRect().top > this._log.getBoundingClientRect().bottom;
    const first = isBelow && this._line.nextElementSibling;
    if (first) {
      this._line.scrollIntoView({ block: "start" });
    } else {
      this._place.toEnd();
    }
    // The button goes away: whoever pressed it by key goes on with what it led to.
    const target = first || this._newest();
    if (target) {
      target.tabIndex = -1;
      target.focus({ preventScroll: true });
    }
  }

  _newest() {
    const letters = this._column.list.querySelectorAll("[data-id]");
    return letters[letters.length - 1];
  }

  _tell(count) {
    const had = document.activeElement === this._button;
    this._count = count;
    this._button.hidden = count === 0;
    if (count) {
      const key = count === 1 ? "new_message" : "new_messages";
      part(this._button, "count").textContent = this._wording.say(key, { count });
    } else if (had && this._newest()) {
      this._newest().tabIndex = -1;
      this._newest().focus({ preventScroll: true });
    }
  }

  _draw(element) {
    if (this._line) {
      this._line.remove();
    }
    this._line = this._column.line(this._wording.say("line_new"));
    this._line.dataset.new = "yes";
    element.before(this._line);
  }
}
