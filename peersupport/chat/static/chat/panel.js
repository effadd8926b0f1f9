/**
 * A form under a letter, one at a time.
 *
 *   panel.open(element, node)   under this letter; without a letter nothing is shown
 *   panel.close()               → whether one was open; whoever was in it is in the letter afterwards
 */
import { focus } from "./focus.js";
import { part } from "./letter.js";

export class Panel {
  constructor() {
    this._node = null;
  }

  open(element, node) {
    this.close();
    if (element) {
      part(element, "panel").append(node);
      this._node = node;
      node.scrollIntoView({ block: "nearest" });
      (node.querySelector("textarea, input, button") || node).focus();
    }
  }

  close() {
    const node = this._node;
    if (node) {
      const letter = node.contains(document.activeElement) && node.closest("[data-id]");
      node.remove();
      this._node = null;
      focus(letter);
    }
    return Boolean(node);
  }
}
