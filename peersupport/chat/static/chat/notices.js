/**
 * What stands above the writing box while it holds: nobody is here who could help, or she only reads for a while.
 *
 *   new Notices({root, form, room, wording, view});
 *   root holds [data-part=alone], [data-part=muted-panel] and the template #appeal-about-her; form by data-part:
 *   muted-place, in it muted, and muted-way with muted-appeal
 */
import { focus } from "./focus.js";
import { part } from "./letter.js";

export class Notices {
  constructor({ root, form, room, wording, view }) {
    this._alone = part(root, "alone");
    this._form = form;
    this._panel = part(root, "muted-panel");
    this._template = root.querySelector("#appeal-about-her");
    this._muted = part(form, "muted");
    this._room = room;
    this._wording = wording;
    this._view = view;
    this._timer = 0;
    room.on("state", () => this._setAlone());
    room.on("ready", () => this._setAlone());
    room.on("muted", (frame) => this._setMuted(frame.members));
    room.on("outcome", (outcome) => this._answered(outcome));
    part(form, "muted-appeal").addEventListener("click", (event) => {
      // Without a script the button sends the form.
      event.preventDefault();
      this._askAgain();
    });
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
    if (this._muted.textContent !== words) {
      this._muted.textContent = words;
      if (this._isKnown) {
        // Another decision than the page was made with: it can be asked about anew.
        part(this._form, "muted-way").hidden = false;
      }
      this._panel.textContent = "";
    }
    this._isKnown = true;
    part(this._form, "muted-place").hidden = !words;
    if (mine) {
      // Nothing tells when it is over: the clock does.
      this._timer = setTimeout(() => this._setMuted([]), Math.max(0, new Date(mine.until) - Date.now()));
    }
  }

  /** Somebody else shall look at it again: asked above the writing box, which is a form of its own. */
  _askAgain() {
    const asked = this._template.content.firstElementChild.cloneNode(true);
    const way = part(this._form, "muted-way");
    way.hidden = true;
    asked.addEventListener("submit", (event) => {
      event.preventDefault();
      this._appeal(asked.elements.reason.value.trim());
    });
    part(asked, "cancel").addEventListener("click", () => {
      this._panel.textContent = "";
      way.hidden = false;
      part(way, "muted-appeal").focus();
    });
    this._panel.textContent = "";
    this._panel.append(asked);
    asked.querySelector("textarea").focus();
  }

  async _appeal(reason) {
    const reply = await this._room.appealAboutHer("mute", reason);
    const words = document.createElement("p");
    words.textContent = reply.ok ? this._wording.say("appealed") : this._wording.error(reply.error);
    this._panel.textContent = "";
    this._panel.append(words);
    focus(words);
    this._view.announce(words.textContent);
    part(this._form, "muted-way").hidden = reply.ok;
  }

  _answered(outcome) {
    if (outcome.decision === "answered") {
      this._view.say(outcome.target, this._wording.decided("answered", outcome), { known: outcome.seen });
    }
  }
}
