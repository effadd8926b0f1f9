/**
 * Reads new messages out, each once and whole, in order, name first, to those who listen instead of looking.
 *
 * The column itself is no live region: its buttons and times would be read along, and a change of state would read
 * a message again. Two hidden regions speak for it, and fall silent again so that nobody finds them by walking.
 * When more come than a voice can follow, their number is said once there is a breath, and reading goes on after it.
 *
 *   const announcer = new Announcer({log, status, wording});   log: role="log", status: role="status"
 *   announcer.messages(entries)    new ones of others
 *   announcer.own(item, words)     her own, when it is held, failed, declined or asks something
 *   announcer.say(text)            anything else worth a word
 *   announcer.forget(entry)        its text was taken away; nobody shall find it here
 *   announcer.silence()            everything (signed out)
 */
const SILENT_AFTER_MS = 8000;
/** A short message takes a voice two or three seconds. */
const MOST = 4;
const WITHIN_MS = 10000;
const BREATH_MS = 3000;
const TELLING = new Set(["held", "slow", "failed", "asking", "declined"]);

export class Announcer {
  constructor({ log, status, wording }) {
    this._log = log;
    this._status = status;
    this._wording = wording;
    this._spoken = [];
    this._unspoken = 0;
    this._breath = 0;
    this._states = new Map();
  }

  messages(entries) {
    for (const entry of entries) {
      const now = Date.now();
      this._spoken = this._spoken.filter((at) => now - at < WITHIN_MS);
      // Behind messages that were only counted none is read before the number is said.
      if (this._unspoken || entries.length > MOST || this._spoken.length >= MOST) {
        this._count();
      } else {
        this._spoken.push(now);
        this._speak(this._log, this._words(entry)).dataset.of = entry.key;
      }
    }
  }

  own(item, words) {
    const before = this._states.get(item.id);
    this._states.set(item.id, item.state);
    // What stood so when the page opened is no news.
    if (before && before !== item.state && TELLING.has(item.state)) {
      this.say(words);
    }
  }

  say(text) {
    this._speak(this._status, text);
  }

  forget(entry) {
    Array.from(this._log.children).filter((line) => line.dataset.of === entry.key).forEach((line) => line.remove());
  }

  silence() {
    clearTimeout(this._breath);
    this._unspoken = 0;
    this._log.textContent = "";
    this._status.textContent = "";
  }

  _count() {
    this._unspoken += 1;
    clearTimeout(this._breath);
    this._breath = setTimeout(() => {
      const key = this._unspoken === 1 ? "new_message" : "new_messages";
      this._speak(this._log, this._wording.say(key, { count: this._unspoken }));
      this._unspoken = 0;
    }, BREATH_MS);
  }

  _words(entry) {
    const name = entry.by.role === "facilitator" ? this._wording.say("name_facilitator", { name: entry.by.name }) : entry.by.name;
    return entry.note
      ? this._wording.say("heard_note", { name, note: entry.note })
      : this._wording.say("heard", { name, text: entry.body });
  }

  _speak(region, text) {
    const line = document.createElement("p");
    line.textContent = text;
    region.append(line);
    setTimeout(() => line.remove(), SILENT_AFTER_MS);
    return line;
  }
}
