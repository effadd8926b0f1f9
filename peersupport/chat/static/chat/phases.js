/**
 * What the room is like now – before, late, open, paused, over – as a soft page in the column, not a cut.
 *
 *   new Phases({root, room, view, opensAt});   opensAt: ISO time from which this meeting's room may open, or null
 *   root holds sections [data-phase-section="early|late|open|paused|ended|unattended"];
 *   and, where there is one, [data-part=aside] above the letters;
 *   root.dataset.phase names the one shown; in the pause [data-exercise=…], of which the one is shown that the facilitators chose.
 *   phases.show(phase)   for what is no state of the room: "signed_out", "gone"
 *   Tells "phase" once for every change.
 */
import { Emitter } from "./emitter.js";
import { part } from "./letter.js";

export class Phases extends Emitter {
  constructor({ root, room, view, opensAt }) {
    super();
    this._root = root;
    this._room = room;
    this._view = view;
    this._opensAt = opensAt;
    this.phase = root.dataset.phase;
    for (const news of ["state", "entries", "ready"]) {
      room.on(news, () => {
        this.show(this._now());
        this._exercise();
      });
    }
    room.on("ready", () => this._opened());
  }

  show(phase) {
    if (phase === this.phase) {
      return;
    }
    this.phase = phase;
    const follow = this._view.atEnd;
    this._root.dataset.phase = phase;
    for (const section of Array.from(this._root.querySelectorAll("[data-phase-section]"))) {
      section.hidden = section.dataset.phaseSection !== phase;
    }
    this._exercise();
    if (follow) {
      this._view.toEnd();
      this._beginInSight();
    }
    this.emit("phase", phase);
  }

  /** What the room is like when the page opens is said from its beginning, too. */
  _opened() {
    if (this._view.atEnd) {
      this._beginInSight();
    }
  }

  /** On a small screen the end of a long section would hide what it is about. */
  _beginInSight() {
    const section = Array.from(this._root.querySelectorAll("[data-phase-section]")).find((one) => !one.hidden) || this._first();
    if (section && section.getBoundingClientRect().top < part(this._root, "log").getBoundingClientRect().top) {
      section.scrollIntoView({ block: "start" });
    }
  }

  /** What a room aside is for comes first, as long as nothing was said in it. */
  _first() {
    const isSaid = this._room.log.entries.some((entry) => entry.kind === "message");
    return isSaid ? null : part(this._root, "aside");
  }

  /** In a pause, the exercise the facilitators chose. */
  _exercise() {
    for (const exercise of Array.from(this._root.querySelectorAll("[data-exercise]"))) {
      exercise.hidden = exercise.dataset.exercise !== this._room.exercise;
    }
  }

  _now() {
    if (this._room.state === "open" || this._room.state === "paused") {
      return this._room.state;
    }
    const turns = this._room.log.entries.filter((entry) => entry.kind === "closed" || entry.kind === "late");
    const last = turns[turns.length - 1];
    const isOfNow = !this._opensAt || (last && new Date(last.at) >= new Date(this._opensAt));
    if (!isOfNow) {
      return "early";
    }
    if (last && last.kind === "late") {
      return "late";
    }
    return last && last.why === "unattended" ? "unattended" : "ended";
  }
}
