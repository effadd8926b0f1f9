/**
 * What came of what she said about somebody, or asked about herself: it stands above the writing box until she has
 * put it away.
 *
 *   new Answers({root, room, wording, view});
 *   root holds [data-part=came-of-it], a list, and the template #answer
 */
import { part } from "./letter.js";

export class Answers {
  constructor({ root, room, wording, view }) {
    this._list = part(root, "came-of-it");
    this._template = root.querySelector("#answer");
    this._room = room;
    this._wording = wording;
    this._view = view;
    room.on("outcome", (outcome) => this._came(outcome));
    this._list.addEventListener("click", (event) => {
      const button = event.target.closest("[data-part=put-away]");
      if (button) {
        // Without a script the button sends the form.
        event.preventDefault();
        this._putAway(button.closest("[data-answer]"));
      }
    });
  }

  _came(outcome) {
    const { decision, target, seen, whom, about } = outcome;
    if (decision !== "answered" || seen || !(whom || about) || this._find(target)) {
      return;
    }
    const item = this._template.content.firstElementChild.cloneNode(true);
    const text = this._wording.decided("answered", outcome);
    const words = whom ? this._wording.say("answered_about", { name: whom.name, text }) : text;
    item.dataset.answer = target;
    part(item, "answer-words").textContent = words;
    this._list.append(item);
    this._list.hidden = false;
    this._view.announce(words);
  }

  async _putAway(item) {
    const reply = await this._room.read(0, [item.dataset.answer]);
    if (!reply.ok) {
      this._view.announce(this._wording.error(reply.error));
      return;
    }
    item.remove();
    this._list.hidden = !this._list.querySelector("[data-answer]");
    this._view.emit("leave");
  }

  _find(target) {
    return Array.from(this._list.children).find((item) => item.dataset.answer === target);
  }
}
