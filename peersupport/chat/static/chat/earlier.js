/**
 * The way back into what was said before: by scrolling up, by the button above the oldest letter, by arrow key.
 *
 *   const earlier = new Earlier({button, log, room, column, place, wording, announce});
 *   earlier.bring()    → Promise: a page of history stands above; nothing moved on the screen
 */
const SLOW_MS = 1000;

export class Earlier {
  constructor({ button, log, room, column, place, wording, announce }) {
    Object.assign(this, { _button: button, _room: room, _column: column, _place: place, _wording: wording });
    this._announce = announce;
    this._coming = null;
    this._failed = false;
    room.on("earlier", (entries) => this._show(entries));
    for (const news of ["ready", "reset", "entries", "earlier"]) {
      room.on(news, () => this._draw());
    }
    if (button) {
      button.addEventListener("click", (event) => this._pressed(event));
    }
    for (const target of [log, window]) {
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

  async _bring() {
    const slow = setTimeout(() => this._say("earlier_coming"), SLOW_MS);
    const answer = await this._room.earlier();
    clearTimeout(slow);
    this._failed = !answer.ok;
    this._say(answer.ok ? "earlier" : "earlier_failed");
  }

  _show(entries) {
    // Scrolling on must not be undone: at the end, too, the words that are read stay where they are.
    this._place.hold(() => {
      this._column.prepend(entries);
      this._draw();
    });
  }

  async _pressed(event) {
    event.preventDefault();
    const before = this._column.list.querySelector("[data-id]");
    await this.bring();
    const letters = Array.from(this._column.list.querySelectorAll("[data-id]"));
    const newest = letters[letters.indexOf(before) - 1];
    if (newest) {
      newest.tabIndex = -1;
      newest.focus();
    }
    this._announce(this._wording.say(this._failed ? "earlier_failed" : "earlier_here"));
  }

  _scrolled() {
    // After a failure only the button asks again: a bad line is not asked at every move of a thumb.
    if (this._button && !this._failed && this._column.list.isConnected && this._place.atTop) {
      this.bring();
    }
  }

  _draw() {
    if (this._button) {
      this._button.hidden = this._room.log.complete;
    }
  }

  _say(key) {
    if (this._button) {
      this._button.textContent = this._wording.say(key);
    }
  }
}
