/**
 * The column of letters: puts every message in its place, keeps the reader's place, marks what is new.
 *
 *   const view = new View({root, room, wording, actions});
 *     root     an element with, inside: [data-part=log] that scrolls, [data-part=entries] the list in it,
 *              [data-part=newer] the button, [data-part=heard] and [data-part=status] the live regions, and
 *              the templates #letter and #line (room.html shows how)
 *     actions  optional, (entry, {you, wording}) → [{name, label, danger}]: what "…" offers for a message;
 *              memberActions of letter.js is the default, and a good start for one's own
 *   view.on("act", ({name, id, subject, element}) => …)   a button of a letter; subject: log entry or outbox item
 *   view.panel(id, node)    show a form under a letter, one at a time;  view.closePanel()
 *   view.say(id, text)      a line of words under a letter (an error, a thank you)
 *   view.show(id)           scroll to a letter and focus it
 *   view.clear()            take everything away (signed out)
 */
import { Announcer } from "./announcer.js";
import { Emitter } from "./emitter.js";
import { Letters, part } from "./letter.js";

const NEAR_THE_END_PX = 64;

export class View extends Emitter {
  constructor({ root, room, wording, actions }) {
    super();
    this.room = room;
    this._root = root;
    this._wording = wording;
    this._log = part(root, "log");
    this._served = part(root, "entries");
    this._list = this._served.cloneNode(false);
    this._newer = part(root, "newer");
    this._lineTemplate = root.querySelector("#line");
    this._letters = new Letters({ template: root.querySelector("#letter"), wording, actions });
    this._announcer = new Announcer({ log: part(root, "heard"), status: part(root, "status"), wording });
    this._elements = new Map();
    this._lastDay = "";
    this._panel = null;
    this._newLine = null;
    this._unseen = 0;
    this._swapped = false;
    this._listen();
  }

  panel(id, node) {
    this.closePanel();
    const element = this._elements.get(id);
    if (element) {
      part(element, "panel").append(node);
      this._panel = node;
      node.scrollIntoView({ block: "nearest" });
      (node.querySelector("textarea, input, button") || node).focus();
    }
  }

  closePanel() {
    if (this._panel) {
      this._panel.remove();
      this._panel = null;
    }
  }

  say(id, text) {
    const element = this._elements.get(id);
    if (element) {
      const line = part(element, "word");
      line.textContent = text;
      line.hidden = !text;
      this._announcer.say(text);
    }
  }

  show(id) {
    const element = this._elements.get(id);
    if (element) {
      element.tabIndex = -1;
      element.scrollIntoView({ block: "center" });
      element.focus({ preventScroll: true });
    }
  }

  announce(text) {
    this._announcer.say(text);
  }

  clear() {
    this._announcer.silence();
    this._elements.clear();
    this._list.textContent = "";
    this._served.textContent = "";
    this._newer.hidden = true;
  }

  get atEnd() {
    const box = this._scroller();
    return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_THE_END_PX;
  }

  toEnd() {
    const box = this._scroller();
    box.scrollTop = box.scrollHeight;
    this._seen();
  }

  _listen() {
    // The served letters' buttons send the form; from here on scripts answer, as soon as the letters are ours.
    for (const button of Array.from(this._served.querySelectorAll("button"))) {
      button.disabled = true;
    }
    this.room.on("entries", (news) => this._entries(news));
    this.room.on("outbox", (item) => this._outbox(item));
    this.room.on("ready", () => this._swap());
    this.room.on("reset", () => this._reset());
    this._newer.addEventListener("click", () => this._goToNew());
    this._root.addEventListener("click", (event) => this._clicked(event));
    for (const target of [this._log, window]) {
      target.addEventListener("scroll", () => this.atEnd && this._seen(), { passive: true });
    }
  }

  // What happened

  _entries({ added, changed, fresh }) {
    const follow = this.atEnd;
    const away = fresh && (!follow || document.hidden);
    for (const entry of added) {
      const element = entry.kind === "message" ? this._letter(entry) : this._line(entry.key, this._lineWords(entry));
      this._place(entry, element);
      if (away && entry.kind === "message" && !this._own(entry)) {
        this._isNew(element);
      }
    }
    for (const entry of changed) {
      this._letter(entry);
      if (entry.fate) {
        this._announcer.forget(entry);
      }
    }
    if (fresh) {
      this._announcer.messages(added.filter((entry) => entry.kind === "message" && !entry.fate && !this._own(entry)));
    }
    if (follow && this._swapped) {
      this.toEnd();
    }
  }

  _outbox(item) {
    const element = this._elements.get(item.key);
    const follow = this.atEnd;
    if (this.room.outbox.items.includes(item)) {
      const isNew = !element;
      const drawn = this._letter(item);
      drawn.dataset.pending = "yes";
      if (isNew) {
        this._home().append(drawn);
      }
      if (isNew || follow) {
        this.toEnd();
      }
      this._tell(item);
    } else if (element && !this.room.log.message(item.id)) {
      element.remove();
      this._elements.delete(item.key);
    }
  }

  _tell(item) {
    if (item.state === "held" || item.state === "failed" || item.state === "asking" || item.state === "declined") {
      this._announcer.say(part(this._elements.get(item.key), "state").textContent);
    }
  }

  _swap() {
    // Until now the server's own letters stood here; ours are complete and take their place at once.
    const follow = !this._swapped;
    this._swapped = true;
    for (const waiting of Array.from(this._served.querySelectorAll("[data-pending]"))) {
      this._list.append(waiting);
    }
    this._served.replaceWith(this._list);
    this._list.hidden = false;
    if (follow && !this._toUnread()) {
      this.toEnd();
    }
  }

  _reset() {
    this._lastDay = "";
    this._newLine = null;
    for (const [key, element] of Array.from(this._elements)) {
      if (!this.room.outbox.items.some((item) => item.key === key)) {
        element.remove();
        this._elements.delete(key);
      }
    }
    for (const line of Array.from(this._list.querySelectorAll("[data-day], [data-new]"))) {
      line.remove();
    }
  }

  // Placing

  _letter(subject) {
    let element = this._elements.get(subject.key);
    if (!element) {
      element = this._letters.make();
      this._elements.set(subject.key, element);
    }
    const answered = subject.replyTo ? this.room.log.message(subject.replyTo) : null;
    this._letters.fill(element, subject, { you: this.room.you, answered });
    return element;
  }

  _place(entry, element) {
    const day = this._wording.day(entry.at);
    const end = this._list.querySelector("[data-pending]:not([data-pending=''])");
    delete element.dataset.pending;
    const before = end === element ? end.nextSibling : end;
    if (day !== this._lastDay) {
      this._lastDay = day;
      const line = this._line(`day-${day}-${entry.seq}`, day);
      line.dataset.day = "yes";
      this._list.insertBefore(line, before);
    }
    this._list.insertBefore(element, before);
  }

  _line(key, words) {
    const element = this._lineTemplate.content.firstElementChild.cloneNode(true);
    part(element, "words").textContent = words;
    this._elements.set(key, element);
    return element;
  }

  _lineWords(entry) {
    return this._wording.say(`line_${entry.kind}`, {
      time: this._wording.time(entry.at),
      name: entry.by ? entry.by.name : "",
    });
  }

  _home() {
    return this._swapped ? this._list : this._served;
  }

  _own(entry) {
    return Boolean(this.room.you && entry.by && entry.by.id === this.room.you.id);
  }

  // What is new, and where the reader is

  _isNew(element) {
    if (this._unseen === 0) {
      this._drawNewLine(element);
    }
    this._unseen += 1;
    this._newer.hidden = false;
    part(this._newer, "count").textContent = this._wording.say("new_messages", { count: this._unseen });
  }

  _drawNewLine(element) {
    if (this._newLine) {
      this._newLine.remove();
    }
    this._newLine = this._line("new", this._wording.say("line_new"));
    this._newLine.dataset.new = "yes";
    element.before(this._newLine);
  }

  _toUnread() {
    const seen = this.room.readUpTo;
    const unread = this.room.log.entries.find((entry) => entry.seq > seen && entry.kind === "message" && !this._own(entry));
    if (!seen || !unread) {
      return false;
    }
    this._drawNewLine(this._elements.get(unread.key));
    this._newLine.scrollIntoView({ block: "start" });
    if (!this.atEnd) {
      const rest = this.room.log.entries.filter((entry) => entry.seq >= unread.seq && entry.kind === "message" && !this._own(entry));
      this._unseen = rest.length;
      this._newer.hidden = false;
      part(this._newer, "count").textContent = this._wording.say("new_messages", { count: this._unseen });
    }
    return true;
  }

  _goToNew() {
    if (this._newLine && this._newLine.getBoundingClientRect().top > this._log.getBoundingClientRect().bottom) {
      this._newLine.scrollIntoView({ block: "start" });
    } else {
      this.toEnd();
    }
  }

  _seen() {
    if (document.hidden) {
      return;
    }
    this._unseen = 0;
    this._newer.hidden = true;
    this.emit("seen", this.room.log.head);
  }

  _scroller() {
    // On very small screens the page scrolls as a whole, so that nothing is squeezed.
    return getComputedStyle(this._log).overflowY === "visible" ? document.scrollingElement : this._log;
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
    part(element, "more").open = false;
    const subject = this.room.outbox.find(id) || this.room.log.message(id);
    this.emit("act", { name: button.dataset.act, id, subject, element });
  }
}
