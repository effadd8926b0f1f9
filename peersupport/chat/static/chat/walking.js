/**
 * Going through the letters by key: one tab stop for all of them, arrows from one to the next, Home and End, Escape
 * out of whatever is open and then back to the writing box. Only the letter she is at has its "…" in the tab order;
 * two hundred of them would stand between her and the box.
 *
 *   new Walking({log, column, stretch, earlier, draw, toEnd, close, leave});
 *   close(): closes what is open under a letter, → whether something was;  leave(): to the writing box
 */
import { part } from "./letter.js";

const STEPS = { ArrowUp: -1, ArrowDown: 1 };
const TYPING = "input, textarea, select, summary, button, a[href]";

export class Walking {
  constructor({ log, column, stretch, earlier, draw, toEnd, close, leave }) {
    Object.assign(this, { _log: log, _column: column, _stretch: stretch, _earlier: earlier });
    Object.assign(this, { _draw: draw, _toEnd: toEnd, _close: close, _leave: leave });
    this._at = null;
    log.setAttribute("aria-describedby", "walk");
    log.addEventListener("keydown", (event) => this._key(event));
    log.addEventListener("focusin", (event) => this._stand(event.target.closest("[data-id]")));
  }

  /** The newest letter is where she is while she is nowhere else. */
  rest() {
    if (!this._at || !this._at.contains(document.activeElement)) {
      this._stand(this._column.letters.pop());
    }
  }

  _stand(letter) {
    if (!letter || letter === this._at) {
      return;
    }
    if (this._at) {
      stops(this._at, -1);
    }
    stops(letter, 0);
    this._at = letter;
  }

  _key(event) {
    if (event.key === "Escape") {
      this._escape(event);
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.target.closest(TYPING)) {
      return;
    }
    const here = event.target.closest("[data-id]");
    if (event.key === "Home") {
      event.preventDefault();
      this._stretch.toStart();
      this._draw();
      this._go(this._column.letters[0], false);
    } else if (event.key === "End") {
      event.preventDefault();
      this._toEnd();
      this._go(this._column.letters.pop(), true);
    } else if (STEPS[event.key] && !(here && this._hidesMore(here, event.key))) {
      event.preventDefault();
      this._step(here, STEPS[event.key]);
    }
  }

  async _step(here, by) {
    if (!here) {
      this._go(this._inSight(this._column.letters), false);
      return;
    }
    const next = () => {
      const { letters } = this._column;
      return letters[letters.indexOf(here) + by];
    };
    if (!next()) {
      await (by < 0 ? this._earlier.bring() : this._earlier.further());
    }
    this._go(next(), by > 0);
  }

  /** From the column itself the first key leads to the newest letter on the screen. */
  _inSight(letters) {
    const bottom = Math.min(window.innerHeight, this._log.getBoundingClientRect().bottom);
    return letters.filter((one) => one.getBoundingClientRect().top < bottom).pop();
  }

  /** A letter longer than the screen is scrolled through before the next one comes. */
  _hidesMore(letter, key) {
    const box = letter.getBoundingClientRect();
    const frame = this._log.getBoundingClientRect();
    return key === "ArrowDown" ? box.bottom > Math.min(window.innerHeight, frame.bottom) + 1 : box.top < Math.max(0, frame.top) - 1;
  }

  _go(letter, isDown) {
    if (letter) {
      letter.tabIndex = -1;
      letter.focus({ preventScroll: true });
      const tall = letter.offsetHeight > this._log.clientHeight;
      letter.scrollIntoView({ block: tall ? (isDown ? "start" : "end") : "nearest" });
    }
  }

  _escape(event) {
    const open = event.target.closest("details.letter-more[open]");
    const letter = event.target.closest("[data-id]");
    event.stopPropagation();
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    } else if (this._close() && letter) {
      letter.tabIndex = -1;
      letter.focus({ preventScroll: true });
    } else {
      this._leave();
    }
  }
}

function stops(letter, tabIndex) {
  const summary = part(letter, "more") && part(letter, "more").querySelector("summary");
  if (summary) {
    summary.tabIndex = tabIndex;
  }
}
