/**
 * The writing box. What stands in it is kept in memory and nowhere else, and leaves it only when it is sent.
 *
 *   const composer = new Composer({form, room, wording, looking});   looking: a Looking (looking.js), or none
 *   composer.reply(entry)       answer a message
 *   composer.take(item)         put a text back in, to change it
 *   composer.focus()
 *   form holds textarea[name=body], input[name=note], and by data-part: count, next, problem, replying,
 *   replying-words, replying-cancel, note-fold, enter-sends (a checkbox), asking with asking-words, asking-text,
 *   asking-change and asking-send; and buttons with data-note: notes to choose from
 */
import { part, underline } from "./letter.js";

const MOST = 4000;
const COUNT_FROM = 3600;
/** A second tap on "Send" within this time is the same wish. */
const DOUBLE_TAP_MS = 800;

export class Composer {
  constructor({ form, room, wording, looking }) {
    this._form = form;
    this._room = room;
    this._wording = wording;
    this._body = form.elements.body;
    this._note = form.elements.note;
    this._replyTo = null;
    this._sentAt = 0;
    this._looking = looking || null;
    form.addEventListener("submit", (event) => this._submit(event));
    this._body.addEventListener("input", () => this._typed());
    this._body.addEventListener("keydown", (event) => this._key(event));
    part(form, "replying-cancel").addEventListener("click", (event) => {
      event.preventDefault();
      this._answerNobody();
    });
    if (this._looking) {
      part(form, "asking-change").addEventListener("click", () => this._change());
      part(form, "asking-send").addEventListener("click", () => this._send({ confirmed: true }));
      this._note.addEventListener("input", () => this._ask([]));
    }
    this._ready = Array.from(form.querySelectorAll("[data-note]"));
    for (const ready of this._ready) {
      ready.addEventListener("click", (event) => {
        event.preventDefault();
        this._choose(ready.dataset.note);
      });
    }
    this._note.addEventListener("input", () => this._noted());
    room.on("state", () => this._next());
    room.on("ready", () => this._next());
    this._next();
    this._measure();
  }

  reply(entry) {
    this._replyTo = entry.id;
    part(this._form, "replying").hidden = false;
    part(this._form, "replying-words").textContent = this._wording.say("in_reply_to", { name: entry.by.name });
    this.focus();
  }

  take(item) {
    // A text half written is not thrown away for another.
    this._body.value = this._body.value.trim() ? `${item.body}\n\n${this._body.value}` : item.body;
    if (item.note) {
      this._note.value = item.note;
      part(this._form, "note-fold").open = true;
      this._noted();
    }
    const answered = item.replyTo && this._room.log.message(item.replyTo);
    if (answered) {
      this.reply(answered);
    }
    this._typed();
    this.focus();
  }

  focus() {
    this._body.focus();
  }

  get empty() {
    return !this._body.value.trim();
  }

  problem(text) {
    const line = part(this._form, "problem");
    line.textContent = text;
    line.hidden = !text;
    this._body.setAttribute("aria-invalid", String(Boolean(text)));
  }

  /** One tap sets a note, another takes it out again; in between it is hers to change. */
  _choose(note) {
    this._note.value = this._note.value.trim() === note ? "" : note;
    this._noted();
    this._ask([]);
  }

  _noted() {
    for (const ready of this._ready) {
      ready.setAttribute("aria-pressed", String(this._note.value.trim() === ready.dataset.note));
    }
  }

  _submit(event) {
    event.preventDefault();
    const body = this._body.value.trim();
    if (!body && Date.now() - this._sentAt < DOUBLE_TAP_MS) {
      return;
    }
    const wrong = this._wrong(body);
    this.problem(wrong);
    const found = wrong || !this._looking ? [] : this._looking.over(this._whole());
    this._ask(found);
    if (!wrong && !found.length) {
      this._send({ confirmed: false });
    } else if (!found.length) {
      this.focus();
    }
  }

  _whole() {
    const note = this._note.value.trim();
    return note ? `${this._body.value.trim()}\n${note}` : this._body.value.trim();
  }

  _send({ confirmed }) {
    this._sentAt = Date.now();
    this._room.post({ body: this._body.value.trim(), note: this._note.value.trim(), replyTo: this._replyTo, confirmed });
    this._body.value = "";
    this._note.value = "";
    this._noted();
    part(this._form, "note-fold").open = false;
    this._answerNobody();
    this._typed();
    this.focus();
  }

  /** Shows what was found, with two ways on; nothing has left the browser. Nothing found: takes the question away. */
  _ask(found) {
    const asking = part(this._form, "asking");
    if (!asking || (asking.hidden && !found.length)) {
      return;
    }
    asking.hidden = !found.length;
    this._found = found;
    if (found.length) {
      part(asking, "asking-words").textContent = this._wording.asking(found);
      underline(part(asking, "asking-text"), this._whole(), found);
      if (found.some((one) => one.kind === "evidence")) {
        this._looking.asked();
      }
      part(asking, "asking-change").focus();
    }
  }

  /** Back to the text, with the first place chosen. */
  _change() {
    const [{ start, end }] = this._found;
    const units = (count) => Array.from(this._body.value.trimStart()).slice(0, count).join("").length + this._body.value.length - this._body.value.trimStart().length;
    this._ask([]);
    this.focus();
    this._body.setSelectionRange(units(start), units(end));
  }

  _wrong(body) {
    if (!body) {
      return this._wording.say("error_empty");
    }
    if (Array.from(body).length > MOST) {
      return this._wording.say("error_too_long");
    }
    if (this._room.state === "closed" || (this._room.state === "paused" && !this._facilitates())) {
      return this._wording.say(this._room.state === "paused" ? "error_paused" : "error_closed");
    }
    return "";
  }

  _facilitates() {
    return Boolean(this._room.you && this._room.you.role === "facilitator");
  }

  _typed() {
    const length = Array.from(this._body.value).length;
    const count = part(this._form, "count");
    count.hidden = length < COUNT_FROM;
    count.textContent = length > MOST ? this._wording.say("count_over", { count: length - MOST }) : this._wording.say("count_left", { count: MOST - length });
    count.classList.toggle("composer-over", length > MOST);
    this.problem("");
    this._ask([]);
    this._measure();
    this._form.classList.toggle("composer-empty", this.empty);
    if (!this.empty && this._room.state === "open") {
      this._room.typing();
    }
  }

  _measure() {
    // Grows with the text, up to the height the style sheet allows.
    this._body.style.height = "auto";
    this._body.style.height = `${this._body.scrollHeight + this._body.offsetHeight - this._body.clientHeight}px`;
  }

  _key(event) {
    if (event.key !== "Enter" || event.isComposing || event.shiftKey) {
      return;
    }
    const wanted = event.ctrlKey || event.metaKey || part(this._form, "enter-sends").checked;
    if (wanted) {
      event.preventDefault();
      part(this._form, "send").click();
    }
  }

  _answerNobody() {
    this._replyTo = null;
    part(this._form, "replying").hidden = true;
  }

  _next() {
    const { state, mode } = this._room;
    const usual = this._room.slow && !this._facilitates() ? "next_slow" : "next_open";
    const waits = mode === "hold_all" && !this._facilitates() ? "next_held" : usual;
    const open = this._room.alone ? "next_alone" : waits;
    // Before the room has answered for the first time nothing is known of it, least of all that it is closed.
    const known = this._room.you ? `next_${state}` : "next_connecting";
    const key = state === "open" ? open : known;
    part(this._form, "next").textContent = this._wording.say(key, { span: this._wording.span(this._room.slow) });
  }
}
