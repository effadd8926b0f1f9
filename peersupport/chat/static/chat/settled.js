/**
 * Messages of hers that were not passed on, once she has seen that: folded, apart from what is new.
 *
 *   const settled = new Settled({root, wording});
 *     root may hold [data-part=settled], a details with settled-words, its summary, and settled-letters, a list
 *   settled.takes(item)    → whether an outbox item belongs here
 *   settled.list           where its letter goes
 *   settled.count()        after a letter came or went
 *   settled.open(letter)   there is something new to one of them
 *   settled.empty()        the served letters go: scripts bring their own
 */
import { part } from "./letter.js";

export class Settled {
  constructor({ root, wording }) {
    this._fold = part(root, "settled");
    this._wording = wording;
    this.list = this._fold && part(this._fold, "settled-letters");
  }

  takes(item) {
    return Boolean(this._fold) && item.state === "declined" && item.seen;
  }

  count() {
    if (this._fold) {
      const count = this.list.querySelectorAll("[data-id]").length;
      part(this._fold, "settled-words").textContent = count ? this._wording.say(count === 1 ? "settled_one" : "settled_many", { count }) : "";
      this._fold.hidden = !count;
    }
  }

  open(letter) {
    if (this._fold && this._fold.contains(letter)) {
      this._fold.open = true;
    }
  }

  empty() {
    if (this._fold) {
      this.list.textContent = "";
      this.count();
    }
  }
}
