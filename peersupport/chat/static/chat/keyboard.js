/**
 * Keeps the writing box above a phone's keyboard and the way out at the top of what can be seen.
 *
 * A phone's keyboard makes what is visible smaller without telling the style sheet. Where the browser says how much
 * is visible, the room takes exactly that height.
 *
 *   new KeyboardRoom({root, view});
 */
const KEYBOARD_TAKES_PX = 150;

export class KeyboardRoom {
  constructor({ root, view }) {
    this._view = view;
    this._seen = window.visualViewport;
    this._root = root;
    if (this._seen) {
      this._seen.addEventListener("resize", () => this._fit());
    }
  }

  _fit() {
    const follow = this._view.atEnd;
    const isUp = window.innerHeight - this._seen.height > KEYBOARD_TAKES_PX && this._seen.scale === 1;
    const page = document.documentElement.style;
    if (isUp) {
      page.setProperty("--seen-height", `${this._seen.height}px`);
    } else {
      page.removeProperty("--seen-height");
    }
    document.body.classList.toggle("keyboard-up", isUp);
    if (isUp) {
      // Some phones push the page up instead; the way out would be gone.
      window.scrollTo(0, 0);
    }
    if (follow) {
      this._view.toEnd();
    }
  }
}
