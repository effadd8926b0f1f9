/**
 * The letters and lines in their order, and what parts them: days and meetings. Knows where each one stands, and
 * nothing of scrolling or of what is new. Letters that the server drew are taken over as they stand.
 *
 *   const column = new Column({list, template, letters, wording, room});
 *   column.list                the element;  column.letters   the letters in it, oldest first
 *   column.find(key)           the element of an entry or an outbox item that stands there
 *   column.show(entries, waiting)   exactly these stand there, oldest first, then what is not sent yet
 *   column.wait(item)          puts an outbox item at the very end, while the server's letters still stand there
 *   column.aside(item, list)   its letter stands in another list;  column.remove(key)
 *   column.changed(entry)      draws a letter again, and those that quote it
 *   column.came(entries)       others are known now: draws the letters that quote them again
 *   column.say(id, words)      a line of words under a letter, also when it is drawn again → the letter, if it stands there
 *   column.mark(key, words)    a line before an entry, from the next time it is shown
 *   column.marked              that line, or null
 *   column.clear()
 */
import { part } from "./letter.js";

export class Column {
  constructor({ list, template, letters, wording, room }) {
    this.list = list;
    this._template = template;
    this._letters = letters;
    this._wording = wording;
    this._room = room;
    this._elements = new Map();
    this._served = new Map(Array.from(list.querySelectorAll("[data-id]"), (letter) => [letter.dataset.id, letter]));
    this._sections = new Map();
    this._said = new Map();
    this._markedKey = null;
    this.marked = null;
    // What was once opened stays open, also where its letter is made again.
    this._opened = new Set();
    list.addEventListener("toggle", (event) => this._toggled(event), true);
  }

  get letters() {
    return Array.from(this.list.querySelectorAll("[data-id]"));
  }

  find(key) {
    const element = this._elements.get(key);
    return element && element.isConnected ? element : undefined;
  }

  show(entries, waiting) {
    const nodes = [];
    const sections = new Map();
    let section = "";
    for (const entry of entries) {
      const its = this._section(entry);
      if (its !== section) {
        section = its;
        sections.set(entry.key, this._sectionLine(entry.key, its));
        nodes.push(sections.get(entry.key));
      }
      if (entry.key === this._markedKey) {
        nodes.push(this.marked);
      }
      nodes.push(this._standing(entry));
    }
    this._sections = sections;
    this._arrange(nodes.concat(waiting.map((item) => this._fill(item, true))));
  }

  wait(item) {
    this.aside(item, this.list);
  }

  aside(item, list) {
    const element = this._fill(item, true);
    if (element.parentNode !== list) {
      list.append(element);
    }
  }

  remove(key) {
    const element = this._elements.get(key);
    if (element) {
      element.remove();
      this._elements.delete(key);
    }
  }

  changed(entry) {
    // Also one that does not stand there just now, but is kept for the form under it.
    if (this._elements.has(entry.key)) {
      this._fill(entry);
    }
    this.came([entry]);
  }

  came(entries) {
    const ids = new Set(entries.map((entry) => entry.id));
    for (const key of this._elements.keys()) {
      const entry = this._room.log.message(key);
      if (entry && entry.replyTo && ids.has(entry.replyTo)) {
        this._fill(entry);
      }
    }
  }

  say(id, words) {
    this._said.set(id, words);
    const element = this._elements.get(id);
    if (element) {
      this._write(element, words);
    }
    return this.find(id);
  }

  mark(key, words) {
    this._markedKey = key;
    this.marked = this._line(words);
    this.marked.dataset.new = "yes";
  }

  clear() {
    this._elements.clear();
    this._served.clear();
    this.list.textContent = "";
  }

  _standing(entry) {
    const element = this._elements.get(entry.key);
    // One of her own that waited is drawn again as what it has become.
    return element && !element.dataset.pending ? element : this._draw(entry);
  }

  _draw(entry) {
    if (entry.kind === "message") {
      return this._fill(entry);
    }
    const key = entry.kind === "slow" && !entry.seconds ? "line_slow_off" : `line_${entry.kind}`;
    const words = this._wording.say(key, {
      span: this._wording.span(entry.seconds),
      time: this._wording.time(entry.at),
      name: entry.by ? entry.by.name : "",
    });
    const element = this._line(words);
    this._elements.set(entry.key, element);
    return element;
  }

  _fill(subject, isPending = false) {
    const element = this._elements.get(subject.key) || this._make(subject);
    const answered = subject.replyTo ? this._room.log.message(subject.replyTo) : null;
    if (isPending) {
      element.dataset.pending = "yes";
    } else {
      delete element.dataset.pending;
    }
    this._letters.fill(element, subject, { you: this._room.you, answered });
    return element;
  }

  _make(subject) {
    const served = this._served.get(subject.id);
    const element = served ? this._letters.take(served) : this._letters.make();
    this._served.delete(subject.id);
    this._elements.set(subject.key, element);
    part(element, "fold").open = this._opened.has(subject.id);
    if (this._said.has(subject.id)) {
      this._write(element, this._said.get(subject.id));
    }
    return element;
  }

  /** What goes is taken out first: what stays must not be moved, or it would lose the focus. */
  _arrange(nodes) {
    const wanted = new Set(nodes);
    for (const node of Array.from(this.list.childNodes)) {
      if (!wanted.has(node)) {
        node.remove();
      }
    }
    let next = this.list.firstChild;
    for (const node of nodes) {
      if (node === next) {
        next = next.nextSibling;
      } else {
        this.list.insertBefore(node, next);
      }
    }
    this._forget();
  }

  _forget() {
    this._served.clear();
    for (const [key, element] of Array.from(this._elements)) {
      // In a form under a letter there may be words of hers.
      const panel = part(element, "panel");
      if (!element.isConnected && !(panel && panel.firstChild)) {
        this._elements.delete(key);
      }
    }
  }

  _write(element, words) {
    const line = part(element, "word");
    line.textContent = words;
    line.hidden = !words;
  }

  _line(words) {
    const element = this._template.content.firstElementChild.cloneNode(true);
    part(element, "words").textContent = words;
    return element;
  }

  _sectionLine(key, words) {
    const line = this._sections.get(key) || this._line(words);
    line.dataset.section = "yes";
    return line;
  }

  _section(entry) {
    const day = this._wording.day(entry.at);
    const meeting = this._wording.meeting(entry.at);
    return meeting ? `${day} · ${meeting}` : day;
  }

  _toggled(event) {
    const letter = event.target.closest("[data-id]");
    if (letter && event.target.dataset.part === "fold") {
      this._opened[event.target.open ? "add" : "delete"](letter.dataset.id);
    }
  }
}
