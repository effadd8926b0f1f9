/**
 * The way back into what was said before, and forward again: by scrolling, by the buttons above the oldest letter
 * and below the last one that stands there, by arrow key.
 *
 *   const earlier = new Earlier({back, on, log, room, column, place, stretch, wording, draw, announce});
 *     back, on      the buttons, or null
 *     draw()        draws the column as the stretch says
 *   earlier.bring()    → Promise: what was before stands above; nothing moved on the screen
 *   earlier.further()  what comes after stands below
 *   earlier.drawn()    the column was drawn: shows or hides the buttons
 */
const SLOW_MS = 1000;

export class Earlier {
  constructor(parts) {
    Object.assign(this, parts);
    this._coming = null;
    this._failed = false;
    for (const news of ["ready", "reset", "entries", "earlier"]) {
      this.room.on(news, () => this.drawn());
    }
    if (this.back) {
      this.back.addEventListener("click", (event) => this._pressed(event));
    }
    if (this.on) {
      this.on.addEventListener("click", () => this._pressedOn());
    }
    for (const target of [this.log, window]) {
      target.addEventListener("scroll", () => this._scrolled(), { passive: true });
    }
  }

  /** Asked again before the page is there, it is the same asking. */
  bring() {
    if (!this._coming) {
      this._coming = this._bring().then(() => { this._coming = null; });
    }
    return this._coming;
  }

  further() {
    if (this.stretch.down()) {
      this._show();
    }
  }

  drawn() {
    if (this.back) {
      this.back.hidden = this.room.log.complete && this.stretch.reachesStart;
    }
    if (this.on) {
      this.on.hidden = this.stretch.reachesEnd;
    }
  }

  async _bring() {
    if (this.stretch.reachesStart) {
      await this._ask();
    }
    this.stretch.up();
    this._show();
  }

  async _ask() {
    const slow = setTimeout(() => this._say("earlier_coming"), SLOW_MS);
    const answer = await this.room.earlier();
    clearTimeout(slow);
    this._failed = !answer.ok;
    this._say(answer.ok ? "earlier" : "earlier_failed");
  }

  _show() {
    // Scrolling on must not be undone: at the end, too, the words that are read stay where they are.
    this.place.hold(() => this.draw());
  }

  async _pressed(event) {
    event.preventDefault();
    const [before] = this.column.letters;
    await this.bring();
    const { letters } = this.column;
    this._focus(letters[letters.indexOf(before) - 1]);
    this.announce(this.wording.say(this._failed ? "earlier_failed" : "earlier_here"));
  }

  _pressedOn() {
    const last = this.column.letters.pop();
    this.further();
    const { letters } = this.column;
    this._focus(letters[letters.indexOf(last) + 1]);
  }

  _focus(letter) {
    if (letter) {
      letter.tabIndex = -1;
      letter.focus();
    }
  }

  _scrolled() {
    if (!this.place.isLive) {
      return;
    }
    // After a failure only the button asks again: a bad line is not asked at every move of a thumb.
    if (!this._failed && this.place.atTop) {
      this.bring();
    }
    if (this.place.atFoot) {
      this.further();
    }
  }

  _say(key) {
    if (this.back) {
      this.back.textContent = this.wording.say(key);
    }
  }
}
