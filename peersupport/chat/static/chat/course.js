/**
 * The course of a meeting above the column: what it is at, whose turn it is, what is pinned. It changes by
 * whole minutes and is never read out by itself.
 *
 *   new Course({root, room, wording, view});
 *   root holds [data-part=course] with, inside, by data-part: stage, round, round-words, round-mine, pass, wait,
 *   pin, pin-words
 */
import { part } from "./letter.js";

const LOOK_EVERY_MS = 15000;

export class Course {
  constructor({ root, room, wording, view }) {
    this._root = root;
    this._room = room;
    this._wording = wording;
    this._view = view;
    this._round = null;
    for (const news of ["state", "entries", "earlier", "ready", "you"]) {
      room.on(news, () => this._show());
    }
    room.on("course", (frame) => {
      this._round = frame.round;
      this._show();
    });
    for (const act of ["pass", "wait"]) {
      part(root, act).addEventListener("click", (event) => this._press(event, act));
    }
    setInterval(() => this._show(), LOOK_EVERY_MS);
  }

  async _press(event, act) {
    event.preventDefault();
    const reply = await this._room.command(act);
    if (!reply.ok) {
      this._view.announce(this._wording.error(reply.error));
    }
  }

  _show() {
    const shown = [this._stage(), this._turns(), this._pin()];
    part(this._root, "course").hidden = !shown.includes(true);
  }

  _stage() {
    const { stage } = this._room;
    const words = stage ? this._wording.say(`stage_${stage.name}`) : "";
    // A round that is over before its time has no minutes left.
    const timed = stage && stage.until && (stage.name !== "round" || this._round);
    return this._say("stage", timed ? `${words} · ${this._left(stage.until)}` : words);
  }

  _turns() {
    const round = this._round;
    part(this._root, "round").hidden = !round;
    if (!round || !round.turn) {
      return false;
    }
    const you = this._room.you ? this._room.you.id : "";
    const own = round.turn.id === you;
    const waits = round.then.some((person) => person.id === you);
    part(this._root, "round-mine").hidden = !own && !waits;
    part(this._root, "wait").hidden = !own || round.longer;
    part(this._root, "pass").textContent = this._wording.say(own ? "turn_done" : "turn_pass");
    return this._say("round-words", this._roundWords(round, own));
  }

  _roundWords(round, own) {
    const left = this._left(round.until);
    const words = [this._wording.say(own ? "turn_yours" : "turn_of", { name: round.turn.name, left })];
    if (round.then.length) {
      words.push(this._wording.say("turn_then", { names: round.then.map((person) => person.name).join(", ") }));
    }
    if (round.others_wait) {
      words.push(this._wording.say("turn_others_wait"));
    }
    return words.join(" ");
  }

  _pin() {
    const pinned = this._room.pinned && this._room.log.message(this._room.pinned);
    const shown = Boolean(pinned && pinned.body !== null);
    part(this._root, "pin").hidden = !shown;
    if (shown) {
      const link = part(this._root, "pin-words");
      link.href = `#letter-${pinned.id}`;
      link.dataset.target = pinned.id;
      this._say("pin-words", `${pinned.by.name}: ${pinned.note || pinned.body}`);
    }
    return shown;
  }

  _left(until) {
    const minutes = Math.ceil((new Date(until) - Date.now()) / 60000);
    if (minutes <= 0) {
      return this._wording.say("time_over");
    }
    return this._wording.say(minutes === 1 ? "time_left_one" : "time_left", { minutes });
  }

  _say(name, words) {
    const element = part(this._root, name);
    if (element.textContent !== words) {
      element.textContent = words;
    }
    element.hidden = !words;
    return Boolean(words);
  }
}
