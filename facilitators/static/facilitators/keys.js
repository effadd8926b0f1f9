/**
 * Every action has a key: one letter, wherever the cursor is not in a text. They can be switched off, because some
 * ways of speaking to a computer type letters by accident (WCAG 2.1.4).
 *
 *   new Keys({desk, view, composer, asking});
 *   A button or link says data-key; inside a [data-item] with the cursor in it that one is meant, otherwise the
 *   first on the page. What stands in [data-needs-focus] is meant only with the cursor in it.
 */
import { part } from "../chat/letter.js";

const WRITING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

export class Keys {
  constructor({ desk, view, composer, asking }) {
    this._desk = desk;
    this._view = view;
    this._asking = asking;
    this._list = part(desk, "keys");
    this._on = part(desk, "keys-on");
    this._own = {
      w: () => composer.focus(),
      h: () => this._focus("#held [data-item]"),
      l: () => this._focus("#people summary"),
      m: () => this._focus("#mode"),
      n: () => this._focus("#slow"),
      s: () => this._focus("#hard [data-item]"),
      j: () => this._step(1),
      k: () => this._step(-1),
      x: () => this._remove(),
      z: () => asking.undo(),
      "?": () => this._showList(),
    };
    this._list.addEventListener("keydown", (event) => event.key === "Escape" && this._list.close());
    document.addEventListener("keydown", (event) => this._pressed(event));
  }

  _pressed(event) {
    const away = event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat;
    if (away || this._asking.asks || this._list.open || event.target.closest(WRITING)) {
      return;
    }
    const key = event.key.toLowerCase();
    if (key !== "?" && !this._on.checked) {
      return;
    }
    const act = this._own[key] || this._button(key);
    if (act) {
      event.preventDefault();
      act();
    }
  }

  _button(key) {
    const found = Array.from(this._desk.querySelectorAll(`[data-key="${CSS.escape(key)}"]`));
    const item = document.activeElement.closest("[data-item]");
    const near = item && found.find((one) => item.contains(one));
    const chosen = near || found.find((one) => !one.closest("[data-needs-focus]"));
    return chosen ? () => chosen.click() : null;
  }

  _showList() {
    this._list.show();
    this._list.querySelector("button").focus();
  }

  _focus(selector) {
    const found = this._desk.querySelector(selector);
    if (found) {
      found.focus();
    }
  }

  async _step(by) {
    const here = document.activeElement.closest("[data-id]");
    if (here && !this._beside(here, by)) {
      await this._view.more(by);
    }
    const next = here ? this._beside(here, by) : this._letters().pop();
    if (next) {
      this._view.show(next.dataset.id);
    }
  }

  _beside(letter, by) {
    const letters = this._letters();
    return letters[letters.indexOf(letter) + by];
  }

  _letters() {
    return Array.from(this._desk.querySelectorAll("[data-part=entries] [data-id]"));
  }

  _remove() {
    const letter = document.activeElement.closest("[data-id]");
    if (letter && letter.dataset.own !== "yes" && !letter.dataset.fate) {
      this._asking.ask("remove", letter.dataset.id);
    }
  }
}
