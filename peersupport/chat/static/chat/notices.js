/**
 * What stands above the writing box while it holds: nobody is here who could help, or she only reads for a while.
 *
 *   new Notices({root, form, room, wording, view});
 *   root holds [data-part=alone], form [data-part=muted]
 */
import { part } from "./letter.js";

export class Notices {
  constructor({ root, form, room, wording, view }) {
    this._alone = part(root, "alone");
    this._muted = part(form, "muted");
    this._room = room;
    this._wording = wording;
    this._view = view;
    this._timer = 0;
    room.on("state", () => this._setAlone());
    room.on("ready", () => this._setAlone());
    room.on("muted", (frame) => this._setMuted(frame.members));
    room.on("outcome", (outcome) => this._answered(outcome));
  }

  _setAlone() {
    const shown = this._room.alone && this._room.state !== "closed";
    if (this._alone.hidden === shown) {
      this._alone.hidden = !shown;
      if (shown) {
        this._view.announce(this._alone.textContent);
      }
    }
  }

  _setMuted(members) {
    const mine = members.find((member) => this._room.you && member.id === this._room.you.id);
    clearTimeout(this._timer);
    const words = mine
      ? this._wording.say("muted_until", { time: this._wording.time(mine.until), reason: this._wording.decided("muted", mine) })
      : "";
    if (words && words !== this._muted.textContent) {
      this._view.announce(words);
    }
    this._muted.textContent = words;
    this._muted.hidden = !words;
    if (mine) {
      // Nothing tells when it is over: the clock does.
      this._timer = setTimeout(() => this._setMuted([]), Math.max(0, new Date(mine.until) - Date.now()));
    }
  }

  _answered(outcome) {
    if (outcome.decision === "answered") {
      this._view.say(outcome.target, this._wording.decided("answered", outcome), { known: outcome.seen });
    }
  }
}
