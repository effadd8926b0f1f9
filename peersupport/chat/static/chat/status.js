/**
 * One calm line about the connection. It says nothing while all is well, and nothing of a cough.
 *
 *   new StatusLine({line, room, wording});
 */
const PATIENCE_MS = 1500;

export class StatusLine {
  constructor({ line, room, wording }) {
    this._line = line;
    this._wording = wording;
    this._timer = 0;
    this._wasAway = false;
    room.on("status", ({ status }) => this._status(status));
  }

  _status(status) {
    clearTimeout(this._timer);
    if (status === "live") {
      this._say(this._wasAway ? "line_connected" : "");
      this._timer = setTimeout(() => this._say(""), 4000);
      this._wasAway = false;
    } else if (status === "ended") {
      this._say("");
    } else {
      const key = status === "offline" ? "line_offline" : "line_waiting";
      this._timer = setTimeout(() => {
        this._wasAway = true;
        this._say(key);
      }, this._wasAway || status === "offline" ? 0 : PATIENCE_MS);
    }
  }

  _say(key) {
    const words = key ? this._wording.say(key) : "";
    if (this._line.textContent !== words) {
      this._line.textContent = words;
      this._line.hidden = !words;
    }
  }
}
