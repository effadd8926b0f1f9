/**
 * What the room is like now – before, open, paused, over – as a soft page in the column, not a cut.
 *
 *   new Phases({root, room, opensAt});      opensAt: ISO time from which this meeting's room may open, or null
 *   root holds sections [data-phase="early|open|paused|ended"] and [data-hold] notices;
 *   root.dataset.phase names the one shown. Tells "phase" once for every change.
 */
import { Emitter } from "./emitter.js";

export class Phases extends Emitter {
  constructor({ root, room, opensAt }) {
    super();
    this._root = root;
    this._room = room;
    this._opensAt = opensAt;
    this.phase = root.dataset.phase;
    room.on("state", () => this._look());
    room.on("entries", () => this._look());
    room.on("ready", () => this._look());
  }

  _look() {
    const phase = this._now();
    this._root.dataset.phase = phase;
    this._root.dataset.mode = this._room.mode;
    for (const section of this._root.querySelectorAll("[data-phase-section]")) {
      section.hidden = section.dataset.phaseSection !== phase;
    }
    const holds = this._room.mode === "hold_all" && phase === "open";
    for (const notice of this._root.querySelectorAll("[data-hold]")) {
      notice.hidden = !holds;
    }
    if (phase !== this.phase) {
      this.phase = phase;
      this.emit("phase", phase);
    }
  }

  _now() {
    if (this._room.state === "open" || this._room.state === "paused") {
      return this._room.state;
    }
    const closings = this._room.log.entries.filter((entry) => entry.kind === "closed");
    const last = closings[closings.length - 1];
    const isOver = !this._opensAt || (last && new Date(last.at) >= new Date(this._opensAt));
    return isOver ? "ended" : "early";
  }
}
