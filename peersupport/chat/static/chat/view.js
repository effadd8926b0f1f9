/**
 * The column of letters on the page: what comes in is put in its place, the reader keeps hers, what is new is marked
 * and read out. The parts do the work: column.js (order), place.js (scrolling), unread.js, earlier.js (history),
 * walking.js (keys), announcer.js (screen readers).
 *
 *   const view = new View({root, room, wording, actions});
 *     root     an element with, inside: [data-part=log] that scrolls, [data-part=entries] the list in it,
 *              [data-part=newer] the button, [data-part=heard] and [data-part=status] the live regions, and
 *              the templates #letter and #line (room.html shows how); [data-part=earlier], a button, where the page
 *              begins with the newest events only
 *     actions  optional, (entry, {you, wording}) → [{name, label, danger}]: what "…" offers for a message;
 *              memberActions of letter.js is the default, and a good start for one's own
 *   view.on("act", ({name, id, subject, element}) => …)   a button of a letter; subject: log entry or outbox item
 *   view.on("leave", () => …)   Escape was pressed with nothing open: to the writing box
 *   view.panel(id, node)    show a form under a letter, one at a time;  view.closePanel() → whether one was open
 *   view.say(id, text, {known})  a line of words under a letter (an error, a thank you); known: not read out
 *   view.shows(id)          whether there is such a letter
 *   view.show(id)           scroll to a letter and focus it; history is brought if need be
 *   view.announce(text)     a word for those who listen
 *   view.clear()            take everything away (signed out)
 *   view.begin()            once the page is laid out for scripts;  view.atEnd, view.toEnd()
 */
import { Announcer } from "./announcer.js";
import { Column } from "./column.js";
import { Earlier } from "./earlier.js";
import { Emitter } from "./emitter.js";
import { Letters, part } from "./letter.js";
import { Place } from "./place.js";
import { Settled } from "./settled.js";
import { Unread } from "./unread.js";
import { Walking } from "./walking.js";

export class View extends Emitter {
  constructor({ root, room, wording, actions }) {
    super();
    this.room = room;
    this._root = root;
    this._log = part(root, "log");
    this._served = part(root, "entries");
    this._swapped = false;
    this._panel = null;
    this._announcer = new Announcer({ log: part(root, "heard"), status: part(root, "status"), wording });
    const letters = new Letters({ template: root.querySelector("#letter"), wording, actions });
    const template = root.querySelector("#line");
    const column = new Column({ list: this._served.cloneNode(false), template, letters, wording, room });
    const place = new Place({ log: this._log, list: () => (this._swapped ? column.list : this._served) });
    const shared = { log: this._log, room, column, place, wording };
    const announce = (text) => this.announce(text);
    const earlier = new Earlier(Object.assign({ button: part(root, "earlier"), announce }, shared));
    this._column = column;
    this._place = place;
    this._settled = new Settled({ root, wording });
    this._settled.empty();
    this._unread = new Unread(Object.assign({ button: part(root, "newer") }, shared));
    this._walking = new Walking(Object.assign({ earlier, close: () => this.closePanel(), leave: () => this.emit("leave") }, shared));
    this._listen();
  }

  panel(id, node) {
    this.closePanel();
    const element = this._column.find(id);
    if (element) {
      part(element, "panel").append(node);
      this._panel = node;
      node.scrollIntoView({ block: "nearest" });
      (node.querySelector("textarea, input, button") || node).focus();
    }
  }

  closePanel() {
    const panel = this._panel;
    if (panel) {
      const letter = panel.contains(document.activeElement) && panel.closest("[data-id]");
      panel.remove();
      this._panel = null;
      focus(letter);
    }
    return Boolean(panel);
  }

  say(id, text, { known } = {}) {
    const element = this._column.find(id);
    if (element) {
      const line = part(element, "word");
      line.textContent = text;
      line.hidden = !text;
      if (!known) {
        this._settled.open(element);
        this._announcer.say(text);
      }
    }
  }

  shows(id) {
    return Boolean(this._column.find(id));
  }

  async show(id) {
    const element = this._column.find(id) || ((await this.room.reach(id)) && this._column.find(id));
    if (element) {
      element.scrollIntoView({ block: "center" });
      element.dataset.found = "yes";
      element.addEventListener("blur", () => delete element.dataset.found, { once: true });
      focus(element);
    }
  }

  announce(text) {
    this._announcer.say(text);
  }

  clear() {
    this._announcer.silence();
    this._column.clear();
    this._settled.empty();
    this._served.textContent = "";
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
    this._place.toEnd();
    this._seen();
  }

  _listen() {
    this._log.setAttribute("aria-busy", "true");
    // The served letters' buttons send the form; from here on scripts answer, as soon as the letters are ours.
    for (const button of Array.from(this._served.querySelectorAll("button"))) {
      button.disabled = true;
    }
    this.room.on("entries", (news) => this._entries(news));
    this.room.on("outbox", (item) => this._outbox(item));
    this.room.on("ready", () => this._swap());
    this.room.on("reset", () => this._column.reset());
    this._root.addEventListener("click", (event) => this._clicked(event));
    for (const target of [this._log, window]) {
      target.addEventListener("scroll", () => this.atEnd && this._seen(), { passive: true });
    }
  }

  _entries({ added, changed, fresh }) {
    const follow = this.atEnd;
    const away = fresh && (!follow || document.hidden);
    const change = () => {
      for (const entry of added) {
        this._keepFocus(this._column.find(entry.key), () => this._column.append(entry));
        if (away && this._isOthers(entry)) {
          this._unread.came(this._column.find(entry.key));
        }
      }
      for (const entry of changed) {
        this._keepFocus(this._column.find(entry.key), () => this._column.changed(entry));
        this._announcer.forget(entry);
      }
    };
    this._swapped ? this._place.keep(change) : change();
    if (fresh) {
      this._announcer.messages(added.filter((entry) => this._isOthers(entry) && !entry.fate));
    }
    if (follow && this._swapped) {
      this._seen();
    }
    this._walking.rest();
  }

  _outbox(item) {
    const element = this._column.find(item.key);
    if (this.room.outbox.items.includes(item)) {
      const elsewhere = this._swapped ? null : this._served;
      const settled = this._settled.takes(item);
      const draw = () => this._keepFocus(element, () => this._column.wait(item, settled ? this._settled.list : elsewhere));
      element || settled ? this._place.keep(draw) : draw();
      if (settled) {
        this._settled.count();
        return;
      }
      if (!element) {
        this.toEnd();
      }
      this._announcer.own(item, part(this._column.find(item.key), "state").textContent);
    } else if (element && !this.room.log.message(item.id)) {
      const near = element.contains(document.activeElement) && (element.previousElementSibling || element.nextElementSibling);
      this._place.keep(() => this._column.remove(item.key));
      this._settled.count();
      focus(near);
    }
    this._walking.rest();
  }

  _swap() {
    // Until now the server's own letters stood here; ours are complete and take their place at once.
    const isFirst = !this._swapped;
    const read = this._place.atEnd ? null : this._place.top;
    const top = read && read.getBoundingClientRect().top;
    this._swapped = true;
    for (const waiting of Array.from(this._served.querySelectorAll("[data-pending]"))) {
      this._column.list.append(waiting);
    }
    this._served.replaceWith(this._column.list);
    const same = read && this._column.find(read.dataset.id);
    if (isFirst && same) {
      // She had begun to read while the page came to life.
      this._place.scroller.scrollTop += same.getBoundingClientRect().top - top;
    } else if (isFirst && !this._toUnread()) {
      this.toEnd();
    }
    this._log.setAttribute("aria-busy", "false");
    this._walking.rest();
  }

  _toUnread() {
    const seen = this.room.readUpTo;
    const unread = this.room.log.entries.filter((entry) => entry.seq > seen && this._isOthers(entry));
    if (!seen || !unread.length) {
      return false;
    }
    this._unread.begins(this._column.find(unread[0].key), unread.length);
    return true;
  }

  _isOthers(entry) {
    return entry.kind === "message" && !(this.room.you && entry.by && entry.by.id === this.room.you.id);
  }

  /** Whatever happens to a letter, somebody who was in it is still there afterwards. */
  _keepFocus(element, change) {
    const was = element && element.contains(document.activeElement) ? document.activeElement : null;
    change();
    if (was && (document.activeElement !== was || !was.getClientRects().length)) {
      focus(element);
    }
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

function focus(element) {
  if (element) {
    element.tabIndex = -1;
    element.focus({ preventScroll: true });
  }
}
