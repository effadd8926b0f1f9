/**
 * How she is, 0 to 10, for the facilitators alone; and whether she just reads today. Asked for, it can be skipped.
 *
 *   new Me({root, room, wording, looking});   looking: a Looking (looking.js)
 *   root holds by data-part: me (a details), check-in, check-in-anyway, me-said, quiet, asked (a line with
 *   asked-answer, asked-skip)
 */
import { part } from "./letter.js";

export class Me {
  constructor({ root, room, wording, looking }) {
    this._root = root;
    this._room = room;
    this._wording = wording;
    this._looking = looking;
    this._skipped = null;
    this._quiet = part(root, "quiet").getAttribute("aria-pressed") === "true";
    room.on("course", ({ check_in_asked: asked }) => this._ask(asked));
    room.on("presence", (present) => this._present(present));
    this._on("check-in", () => this._send(false));
    this._on("check-in-anyway", () => this._send(true));
    this._on("quiet", () => this._read());
    this._on("asked-answer", () => this._answer());
    this._on("asked-skip", () => this._ask((this._skipped = this._asked)));
    part(root, "me").open = false;
  }

  _on(name, act) {
    part(this._root, name).addEventListener("click", (event) => {
      event.preventDefault();
      act();
    });
  }

  /** `asked`: when the facilitators asked, or null. The same question is shown once. */
  _ask(asked) {
    this._asked = asked;
    part(this._root, "asked").hidden = !asked || asked === this._skipped;
  }

  _answer() {
    part(this._root, "me").open = true;
    const chosen = this._steps().find((step) => step.checked) || this._steps()[5];
    chosen.focus();
  }

  async _send(confirmed) {
    const chosen = this._steps().find((step) => step.checked);
    if (!chosen) {
      this._say(this._wording.say("check_in_choose"));
      this._steps()[5].focus();
      return;
    }
    const note = this._root.querySelector("[name=check_in_note]");
    const given = { value: Number(chosen.value), note: note.value.trim(), confirmed };
    const reply = (!confirmed && this._question(given.note)) || (await this._room.command("checkin", given));
    const asks = !reply.ok && reply.error.code === "confirm";
    const anyway = part(this._root, "check-in-anyway");
    if (!asks && anyway === document.activeElement) {
      part(this._root, "check-in").focus();
    }
    anyway.hidden = !asks;
    this._say(reply.ok ? this._wording.say("check_in_thanks") : this._refused(reply.error));
    if (asks) {
      // On a small screen the panel scrolls: both ways on are in sight.
      anyway.scrollIntoView({ block: "nearest" });
    }
    if (reply.ok) {
      chosen.checked = false;
      note.value = "";
    }
  }

  /** What the server would ask back, asked before anything has left; null where there is nothing to ask. */
  _question(note) {
    // Facilitators alone read it: there is nothing against an account of what happened.
    const findings = this._looking.over(note).filter((found) => found.kind !== "evidence");
    return findings.length ? { ok: false, error: { code: "confirm", findings } } : null;
  }

  _refused(error) {
    return error.code === "confirm" ? this._wording.asking(error.findings, "check_in_asking") : this._wording.error(error);
  }

  async _read() {
    const reply = await this._room.command("quiet", { on: !this._quiet });
    if (reply.ok) {
      this._setQuiet(!this._quiet);
    } else {
      this._say(this._wording.error(reply.error));
    }
  }

  _present(present) {
    const mine = present.find((person) => this._room.you && person.id === this._room.you.id);
    if (mine) {
      this._setQuiet(Boolean(mine.quiet));
    }
  }

  _setQuiet(quiet) {
    this._quiet = quiet;
    const button = part(this._root, "quiet");
    button.setAttribute("aria-pressed", String(quiet));
    button.textContent = this._wording.say(quiet ? "quiet_is_on" : "quiet_say");
  }

  _say(words) {
    const line = part(this._root, "me-said");
    line.textContent = words;
    line.hidden = !words;
  }

  _steps() {
    return Array.from(this._root.querySelectorAll("[name=check_in]"));
  }
}
