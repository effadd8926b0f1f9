/**
 * Sends the console's forms without leaving the page, asks once before a dangerous act, says what happened, and
 * undoes it.
 *
 *   const asking = new Asking({desk, words, token, done});   done() after every act
 *   asking.ask(act, target)    the question, in a dialog
 *   asking.undo()              the last act that can be undone
 *   asking.asks                whether a question stands open
 */
import { part } from "../chat/letter.js";

export class Asking {
  constructor({ desk, words, token, done }) {
    this._desk = desk;
    this._words = words;
    this._token = token;
    this._done = done;
    this._dialog = part(desk, "dialog");
    this._said = part(desk, "said");
    this._undo = null;
    this._from = null;
    desk.addEventListener("submit", (event) => this._submitted(event));
    desk.addEventListener("click", (event) => this._clicked(event));
    desk.addEventListener("change", (event) => this._changed(event));
    this._dialog.addEventListener("keydown", (event) => event.key === "Escape" && this._close());
  }

  get asks() {
    return this._dialog.open;
  }

  ask(act, target) {
    const path = this._desk.dataset.askPath.replace("ACT", act);
    return this._question(target ? `${path}?target=${encodeURIComponent(target)}` : path);
  }

  undo() {
    if (this._undo) {
      const fields = new FormData();
      fields.set("csrfmiddlewaretoken", this._token);
      for (const [name, value] of Object.entries(this._undo)) {
        fields.set(name, value);
      }
      return this._send(fields);
    }
    return null;
  }

  _clicked(event) {
    const link = event.target.closest("a[data-ask]");
    if (link) {
      event.preventDefault();
      this._question(link.href);
    } else if (event.target.closest("[data-cancel]")) {
      event.preventDefault();
      this._close();
    } else if (event.target.closest("[data-undo]")) {
      this.undo();
    }
  }

  _changed(event) {
    if (event.target.matches("[data-act-form] select:not([data-with-button])")) {
      this._send(new FormData(event.target.form));
    }
  }

  _submitted(event) {
    if (event.target.matches("[data-act-form], [data-ask-form]")) {
      event.preventDefault();
      this._send(new FormData(event.target));
    }
  }

  async _question(address) {
    if (!this._dialog.show) {
      // An older browser: the question has a page of its own.
      location.assign(address);
      return;
    }
    const answer = await this._fetch(address, {});
    if (answer && answer.ok) {
      this._from = document.activeElement;
      this._dialog.innerHTML = await answer.text();
      // Not modal: "Leave this page" must stay in reach.
      this._dialog.show();
      this._dialog.querySelector(".console-ask-title").focus();
    } else {
      this._say(this._words.lost, null);
    }
  }

  async _send(fields) {
    const answer = await this._fetch(this._desk.dataset.actPath, { method: "POST", body: fields });
    const kind = answer ? answer.headers.get("Content-Type") || "" : "";
    if (kind.startsWith("application/json")) {
      const { said, undo } = await answer.json();
      this._close();
      this._say(said, undo);
    } else if (answer && answer.ok) {
      // Something is missing: the question comes back with words beside the field.
      this._dialog.innerHTML = await answer.text();
      const wrong = this._dialog.querySelector(".error-summary");
      if (wrong) {
        wrong.focus();
      }
      return;
    } else {
      this._say(this._words.lost, null);
    }
    this._done();
  }

  _close() {
    if (this._dialog.open) {
      this._dialog.close();
      this._dialog.textContent = "";
      const back = this._from && (document.getElementById(this._from.id) || this._from);
      if (back && back.isConnected) {
        back.focus();
      }
    }
  }

  async _fetch(address, options) {
    try {
      return await fetch(address, Object.assign({ headers: { "X-Part": "1" }, redirect: "error" }, options));
    } catch (lost) {
      return null;
    }
  }

  _say(text, undo) {
    this._undo = undo || null;
    this._said.textContent = text;
    if (undo) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button button-quiet";
      button.dataset.undo = "yes";
      button.textContent = this._words.undo;
      const key = document.createElement("kbd");
      key.setAttribute("aria-hidden", "true");
      key.textContent = "z";
      button.append(" ", key);
      this._said.append(" ", button);
    }
  }
}
