/**
 * Going through the letters by key: one tab stop for all of them, arrows from one to the next, Home and End, Escape
 * out of whatever is open and then back to the writing box. Only the letter she is at has its "…" in the tab order;
 * two hundred of them would stand between her and the box.
 *
 *   new Walking({log, column, place, earlier, close, leave});
 *   close(): closes what is open under a letter, → whether something was;  leave(): to the writing box
 */
import { part } from "./letter.js";

const STEPS = { ArrowUp: -1, ArrowDown: 1 };
const TYPING = "input, textarea, select, summary, button, a[href]";

export class Walking {
  constructor({ log, column, place, earlier, close, leave }) {
    Object.assign(this, { _log: log, _column: column, _place: place, _earlier: earlier });
    this._close = close;
    this._leave = leave;
    this._at = null;
    log.setAttribute("aria-describedby", "walk");
    log.addEventListener("keydown", (event) => this._key(event));
    log.addEventListener("focusin", (event) => this._stand(event.target.closest("[data-id]")));
  }

  /** The newest letter is where she is while she is nowhere else. */
  rest() {
    if (!this._at || !this._at.contains(document.activeElement)) {
      const letters = this._column.list.querySelectorAll("[data-id]");
      this._stand(letters[letters.length - 1]);
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
    const letters = Array.from(this._column.list.querySelectorAll("[data-id]"));
    const here = event.target.closest("[data-id]");
    if (event.key === "Home" || event.key === "End") {
      event.preventDefault();
      this._go(letters[event.key === "Home" ? 0 : letters.length - 1], event.key === "End");
    } else if (STEPS[event.key] && !(here && this._hidesMore(here, event.key))) {
      event.preventDefault();
      this._step(letters, here, STEPS[event.key]);
    }
  }

  async _step(letters, here, by) {
    if (!here) {
      this._go(this._inSight(letters), false);
      return;
    }
    const next = letters[letters.indexOf(here) + by];
    if (next) {
      this._go(next, by > 0);
    } else if (by < 0) {
      await this._earlier.bring();
      const all = Array.from(this._column.list.querySelectorAll("[data-id]"));
      this._go(all[all.indexOf(here) - 1], false);
    }
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
