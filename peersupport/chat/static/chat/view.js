/**
 * The column of letters on the page: what comes in is put in its place, the reader keeps hers, what is new is marked
 * and read out. The parts do the work: stretch.js (how much of the log stands there), column.js (order), place.js
 * (scrolling), unread.js, earlier.js (history), walking.js (keys), panel.js (a form under a letter), announcer.js
 * (screen readers).
 *
 *   const view = new View({root, room, wording, actions, most});
 *     root     an element with, inside: [data-part=log] that scrolls, [data-part=entries] the list in it,
 *              [data-part=newer] the button, [data-part=heard] and [data-part=status] the live regions, and
 *              the templates #letter and #line (room.html shows how); [data-part=earlier] and [data-part=later],
 *              buttons for what stands before and after, where the page has them
 *     actions  optional, (entry, {you, wording}) → [{name, label, danger}]: what "…" offers for a message;
 *              memberActions of letter.js is the default, and a good start for one's own
 *     most     optional: so many letters stand there at most (stretch.js)
 *   view.on("act", ({name, id, subject, element}) => …)   a button of a letter; subject: log entry or outbox item
 *   view.on("leave", () => …)   Escape was pressed with nothing open: to the writing box
 *   view.panel(id, node)    show a form under a letter, one at a time;  view.closePanel() → whether one was open
 *   view.say(id, text, {known})  a line of words under a letter (an error, a thank you); known: not read out
 *   view.shows(id)          whether there is such a letter
 *   view.show(id)           scroll to a letter and focus it; history is brought if need be
 *   view.more(by)           Promise: more of the log stands there, -1 before, 1 after
 *   view.announce(text)     a word for those who listen
 *   view.clear()            take everything away (signed out)
 *   view.begin()            once the page is laid out for scripts;  view.atEnd, view.toEnd()
 */
import { Announcer } from "./announcer.js";
import { Column } from "./column.js";
import { Earlier } from "./earlier.js";
import { Emitter } from "./emitter.js";
import { focus, keepFocus } from "./focus.js";
import { Letters, part } from "./letter.js";
import { Panel } from "./panel.js";
import { Place } from "./place.js";
import { Settled } from "./settled.js";
import { Stretch } from "./stretch.js";
import { Unread } from "./unread.js";
import { Walking } from "./walking.js";

export class View extends Emitter {
  constructor({ root, room, wording, actions, most }) {
    super();
    this.room = room;
    this._root = root;
    this._log = part(root, "log");
    this._live = false;
    this._isOver = false;
    this._panel = new Panel();
    this._written = new Set();
    this._announcer = new Announcer({ log: part(root, "heard"), status: part(root, "status"), wording });
    const letters = new Letters({ template: root.querySelector("#letter"), wording, actions });
    const list = part(root, "entries");
    const stretch = new Stretch({ log: room.log, most });
    const column = new Column({ list, template: root.querySelector("#line"), letters, wording, room });
    const place = new Place({ log: this._log, list, stretch });
    Object.assign(this, { _letters: letters, _column: column, _place: place, _stretch: stretch });
    const shared = { log: this._log, room, column, place, stretch, wording, draw: () => this._draw() };
    const toEnd = () => this.toEnd();
    const announce = (text) => this.announce(text);
    const buttons = { back: part(root, "earlier"), on: part(root, "later") };
    this._earlier = new Earlier(Object.assign({ announce }, buttons, shared));
    this._settled = new Settled({ root, wording });
    this._settled.empty();
    this._unread = new Unread(Object.assign({ button: part(root, "newer"), show: (entry) => this._around(entry), toEnd }, shared));
    const ways = { earlier: this._earlier, toEnd, close: () => this.closePanel(), leave: () => this.emit("leave") };
    this._walking = new Walking(Object.assign(ways, shared));
    this._listen();
  }

  panel(id, node) {
    this._panel.open(this._column.find(id), node);
  }

  closePanel() {
    return this._panel.close();
  }

  say(id, text, { known } = {}) {
    const element = this._column.say(id, text);
    if (element && !known) {
      this._settled.open(element);
      this._announcer.say(text);
    }
  }

  shows(id) {
    return Boolean(this._column.find(id));
  }

  async show(id) {
    if (!this._column.find(id)) {
      const entry = this.room.log.message(id) || (await this.room.reach(id));
      entry && this._around(entry);
    }
    const element = this._column.find(id);
    if (element) {
      element.scrollIntoView({ block: "center" });
      element.dataset.found = "yes";
      element.addEventListener("blur", () => delete element.dataset.found, { once: true });
      focus(element);
    }
  }

  async more(by) {
    await (by < 0 ? this._earlier.bring() : this._earlier.further());
  }

  announce(text) {
    this._announcer.say(text);
  }

  clear() {
    this._announcer.silence();
    this._live = this._place.isLive = false;
    this._isOver = true;
    this._column.clear();
    this._settled.empty();
    this._unread.seen();
  }

  /** Scripts lay the column out from its top: the newest stays in sight. */
  begin() {
    this._place.toEnd();
  }

  get atEnd() {
    return this._place.atEnd;
  }

  toEnd() {
    if (!this._stretch.reachesEnd) {
      this._stretch.toEnd();
      this._draw();
    }
    this._place.toEnd();
    this._seen();
  }

  _listen() {
    this._log.setAttribute("aria-busy", "true");
    // The served letters' buttons send the form; from here on scripts answer, as soon as the letters are ours.
    for (const button of Array.from(this._column.list.querySelectorAll("button"))) {
      button.disabled = true;
    }
    this.room.on("entries", (news) => this._entries(news));
    this.room.on("outbox", (item) => this._outbox(item));
    this.room.on("earlier", (added) => this._place.hold(() => this._column.came(added)));
    this.room.on("ready", () => this._takeOver());
    this.room.on("reset", () => this._reset());
    this._root.addEventListener("click", (event) => this._clicked(event));
    for (const target of [this._log, window]) {
      target.addEventListener("scroll", () => this.atEnd && this._seen(), { passive: true });
    }
  }

  _entries({ added, changed, fresh }) {
    if (!this._live) {
      return;
    }
    const follows = this.atEnd;
    if (fresh && (!follows || document.hidden)) {
      added.filter((entry) => this._isOthers(entry)).forEach((entry) => this._unread.came(entry));
    }
    this._place.keep(() => {
      this._stretch.grown(follows);
      this._draw();
      for (const entry of changed) {
        keepFocus(this._column.find(entry.key), () => this._column.changed(entry));
        this._announcer.forget(entry);
      }
    });
    if (fresh) {
      this._announcer.messages(added.filter((entry) => this._isOthers(entry) && !entry.fate));
    }
    if (follows) {
      this._seen();
    }
    this._walking.rest();
  }

  _outbox(item) {
    if (this._isOver) {
      return;
    }
    const element = this._column.find(item.key);
    if (this.room.outbox.items.includes(item)) {
      const isNew = !this._written.has(item.key);
      this._written.add(item.key);
      if (this._settled.takes(item)) {
        this._place.keep(() => keepFocus(element, () => this._column.aside(item, this._settled.list)));
        this._settled.count();
        return;
      }
      const draw = () => keepFocus(element, () => (this._live ? this._draw() : this._column.wait(item)));
      isNew ? draw() : this._place.keep(draw);
      if (isNew) {
        this.toEnd();
      }
      this._announcer.own(item, this._letters.stateWords(item));
    } else if (element && !this.room.log.message(item.id)) {
      const near = element.contains(document.activeElement) && (element.previousElementSibling || element.nextElementSibling);
      this._place.keep(() => this._column.remove(item.key));
      this._settled.count();
      focus(near);
    }
    this._walking.rest();
  }

  /** The server's letters stood here until everything up to now was known; from here on they are ours. */
  _takeOver() {
    const hasBegun = !this._place.atEnd;
    const unread = hasBegun ? [] : this._unreadEntries();
    this._live = this._place.isLive = true;
    this._stretch.toEnd();
    if (hasBegun) {
      // She had begun to read while the page came to life.
      this._place.hold(() => this._draw());
    } else if (unread.length) {
      this._unread.begins(unread[0], unread.length);
    } else {
      this._draw();
      this.toEnd();
    }
    this._log.setAttribute("aria-busy", "false");
    this._walking.rest();
  }

  _unreadEntries() {
    const seen = this.room.readUpTo;
    return seen ? this.room.log.entries.filter((entry) => entry.seq > seen && this._isOthers(entry)) : [];
  }

  /** The log begins anew: nothing of the old one stays. */
  _reset() {
    this._stretch.toEnd();
    if (this._live) {
      this._draw();
    }
  }

  /** Draws what the stretch says. Whoever was in a letter that goes out of it is in the column afterwards. */
  _draw() {
    if (this._isOver) {
      return;
    }
    const { list } = this._column;
    const was = list.contains(document.activeElement);
    const waiting = this.room.outbox.items.filter((item) => !this._settled.takes(item));
    this._column.show(this._stretch.entries, this._stretch.reachesEnd ? waiting : []);
    if (was && !list.contains(document.activeElement)) {
      this._log.focus({ preventScroll: true });
    }
    this._earlier.drawn();
    this._unread.drawn();
    this._walking.rest();
  }

  _around(entry) {
    if (!this._stretch.entries.includes(entry)) {
      this._stretch.around(entry);
    }
    this._draw();
  }

  _isOthers(entry) {
    return entry.kind === "message" && !(this.room.you && entry.by && entry.by.id === this.room.you.id);
  }

  _seen() {
    if (!document.hidden) {
      this._unread.seen();
      this.emit("seen", this.room.log.head);
    }
  }

  _clicked(event) {
    const link = event.target.closest("a[data-target]");
    if (link) {
      event.preventDefault();
      this.show(link.dataset.target);
      return;
    }
    const button = event.target.closest("button[data-act]");
    const element = button && button.closest("[data-id]");
    if (!element) {
      return;
    }
    const id = element.dataset.id;
    const more = part(element, "more");
    if (more.contains(button)) {
      more.querySelector("summary").focus({ preventScroll: true });
    }
    more.open = false;
    const subject = this.room.outbox.find(id) || this.room.log.message(id);
    this.emit("act", { name: button.dataset.act, id, subject, element });
  }
}
