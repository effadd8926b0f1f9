/**
 * Saying that something is not right with somebody here: asked beneath the list of people, which goes on changing
 * above it. The facilitators hear of it; of one of them, and where she is alone with them, the coordinators.
 *
 *   new Telling({root, room, wording});
 *   root holds by data-part: people (a list with buttons "tell", as company.js fills them) and people-telling, and
 *   the templates #tell and #tell-coordinators
 */
import { focus } from "./focus.js";
import { part } from "./letter.js";

export class Telling {
  constructor({ root, room, wording }) {
    this._root = root;
    this._room = room;
    this._wording = wording;
    this._place = part(root, "people-telling");
    part(root, "people").addEventListener("click", (event) => {
      const button = event.target.closest("[data-part=tell]");
      if (button) {
        // Without a script the button sends the form.
        event.preventDefault();
        this._ask(button);
      }
    });
  }

  _ask(button) {
    const template = this._root.querySelector(button.dataset.to === "coordinators" ? "#tell-coordinators" : "#tell");
    const asked = template.content.firstElementChild.cloneNode(true);
    const member = button.value.split(":")[1];
    part(asked, "whom").textContent = part(button, "tell-label").textContent;
    asked.addEventListener("submit", (event) => {
      event.preventDefault();
      this._tell(member, asked, button.dataset.to);
    });
    part(asked, "cancel").addEventListener("click", () => this._close());
    this._show(asked);
    asked.elements.reason.focus();
    asked.scrollIntoView({ block: "nearest" });
  }

  async _tell(member, asked, to) {
    const reply = await this._room.command("report", { member, reason: asked.elements.reason.value.trim() });
    if (reply.ok) {
      this._thank(this._wording.say(to === "coordinators" ? "told_coordinators" : "reported"));
    } else {
      part(asked, "refused").textContent = this._wording.error(reply.error);
      part(asked, "refused").hidden = false;
    }
  }

  _thank(words) {
    const thanks = document.createElement("p");
    thanks.className = "strong";
    thanks.textContent = words;
    this._show(thanks);
    focus(thanks);
  }

  _close() {
    this._place.textContent = "";
    part(this._root, "people-count").closest("summary").focus();
  }

  _show(node) {
    this._place.textContent = "";
    this._place.append(node);
  }
}
