/**
 * Reads new messages out, each once and whole, to those who listen instead of looking.
 *
 * The column itself is no live region: its buttons and times would be read along, and a change of state would read
 * a message again. Two hidden regions speak for it, and fall silent again so that nobody finds them by walking.
 *
 *   const announcer = new Announcer({log, status, wording});   log: role="log", status: role="status"
 *   announcer.messages(entries)    new ones of others
 *   announcer.say(text)            anything else worth a word
 *   announcer.forget(entry)        its text was taken away; nobody shall find it here
 *   announcer.silence()            everything (signed out)
 */
const SILENT_AFTER_MS = 8000;
const MOST_AT_ONCE = 5;

export class Announcer {
  constructor({ log, status, wording }) {
    this._log = log;
    this._status = status;
    this._wording = wording;
  }

  messages(entries) {
    if (entries.length > MOST_AT_ONCE) {
      this.say(this._wording.say("new_messages", { count: entries.length }));
      return;
    }
    for (const entry of entries) {
      this._speak(this._log, this._words(entry)).dataset.of = entry.key;
    }
  }

  say(text) {
    this._speak(this._status, text);
  }

  forget(entry) {
    Array.from(this._log.children).filter((line) => line.dataset.of === entry.key).forEach((line) => line.remove());
  }

  silence() {
    this._log.textContent = "";
    this._status.textContent = "";
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
