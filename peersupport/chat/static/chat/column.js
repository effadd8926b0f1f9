/**
 * The letters and lines in their order, and what parts them: days and meetings. Knows where each one stands, and
 * nothing of scrolling or of what is new.
 *
 *   const column = new Column({list, template, letters, wording, room});
 *   column.list                the element
 *   column.find(key)           the element of an entry or an outbox item
 *   column.fill(subject)       draws a letter, or draws it again; → element
 *   column.append(entry)       puts an entry at the end, before what is not sent yet; → element
 *   column.wait(item, elsewhere)  puts an outbox item at the very end (of another list, while ours is not shown)
 *   column.changed(entry)      draws a letter again, and those that quote it
 *   column.prepend(entries)    a page of history, before everything
 *   column.remove(key)
 *   column.line(words)         a quiet line, not placed yet
 *   column.reset()             everything of the log goes; what is not sent yet stays
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
    this._firstSection = "";
    this._lastSection = "";
    // What was once opened stays open, also where its letter is made again.
    this._opened = new Set();
    list.addEventListener("toggle", (event) => this._toggled(event), true);
  }

  find(key) {
    return this._elements.get(key);
  }

  fill(subject) {
    let element = this._elements.get(subject.key);
    if (!element) {
      element = this._letters.make();
      this._elements.set(subject.key, element);
      part(element, "fold").open = this._opened.has(subject.id);
    }
    this._letters.fill(element, subject, this._context(subject));
    return element;
  }

  append(entry) {
    const element = this._draw(entry);
    delete element.dataset.pending;
    const waiting = this._room.outbox.items.map((item) => this.find(item.key));
    const before = waiting.find((one) => one && one !== element && one.parentNode === this.list) || null;
    const section = this._section(entry);
    if (section !== this._lastSection) {
      this._lastSection = section;
      this._firstSection = this._firstSection || section;
      this.list.insertBefore(this._sectionLine(section), before);
    }
    if (element.nextSibling !== before || element.parentNode !== this.list) {
      this.list.insertBefore(element, before);
    }
    return element;
  }

  wait(item, elsewhere) {
    const element = this.fill(item);
    element.dataset.pending = "yes";
    if (!element.parentNode) {
      (elsewhere || this.list).append(element);
    }
    return element;
  }

  prepend(entries) {
    const page = document.createDocumentFragment();
    let section = "";
    for (const entry of entries) {
      const its = this._section(entry);
      if (its !== section) {
        page.append(this._sectionLine(its));
        section = its;
      }
      page.append(this._draw(entry));
    }
    const joint = this.list.querySelector("[data-section]");
    if (joint && section === this._firstSection) {
      joint.remove();
    }
    this._firstSection = entries.length ? this._section(entries[0]) : this._firstSection;
    this._lastSection = this._lastSection || section;
    this.list.prepend(page);
    this._answersTo(new Set(entries.map((entry) => entry.id)));
  }

  changed(entry) {
    this.fill(entry);
    this._answersTo(new Set([entry.id]));
  }

  remove(key) {
    const element = this._elements.get(key);
    if (element) {
      element.remove();
      this._elements.delete(key);
    }
  }

  line(words) {
    const element = this._template.content.firstElementChild.cloneNode(true);
    part(element, "words").textContent = words;
    return element;
  }

  reset() {
    this._firstSection = this._lastSection = "";
    for (const key of Array.from(this._elements.keys())) {
      if (!this._room.outbox.items.some((item) => item.key === key)) {
        this.remove(key);
      }
    }
    for (const line of Array.from(this.list.querySelectorAll("[data-section], [data-new]"))) {
      line.remove();
    }
  }

  clear() {
    this._elements.clear();
    this.list.textContent = "";
  }

  _draw(entry) {
    if (entry.kind === "message") {
      return this.fill(entry);
    }
    const key = entry.kind === "slow" && !entry.seconds ? "line_slow_off" : `line_${entry.kind}`;
    const words = this._wording.say(key, {
      span: this._wording.span(entry.seconds),
      time: this._wording.time(entry.at),
      name: entry.by ? entry.by.name : "",
    });
    const element = this.line(words);
    this._elements.set(entry.key, element);
    return element;
  }

  _sectionLine(words) {
    const line = this.line(words);
    line.dataset.section = "yes";
    return line;
  }

  _section(entry) {
    const day = this._wording.day(entry.at);
    const meeting = this._wording.meeting(entry.at);
    return meeting ? `${day} · ${meeting}` : day;
  }

  _context(subject) {
    return { you: this._room.you, answered: subject.replyTo ? this._room.log.message(subject.replyTo) : null };
  }

  /** Draws the letters that reply to some again: what they quote has come, or is gone. */
  _answersTo(ids) {
    for (const entry of this._room.log.entries) {
      if (entry.replyTo && ids.has(entry.replyTo) && this._elements.has(entry.key)) {
        this.fill(entry);
      }
    }
  }

  _toggled(event) {
    const letter = event.target.closest("[data-id]");
    if (letter && event.target.dataset.part === "fold") {
      this._opened[event.target.open ? "add" : "delete"](letter.dataset.id);
    }
  }
}
