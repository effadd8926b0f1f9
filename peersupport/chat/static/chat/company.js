/**
 * Who is here, whose hand is up, who is writing.
 *
 *   new Company({root, room, wording, tells});   tells: the kind of a room in which she can say of
 *   somebody that something is not right
 *   root holds [data-part=typing] (a line of fixed height), [data-part=line] and, where the page shows who is here,
 *   [data-part=people] (a list), [data-part=people-count], [data-part=hand] (a button), and the template #person
 */
import { markOf, part } from "./letter.js";

const TYPING_FOR_MS = 6000;
const SAID_FOR_MS = 4000;

export class Company {
  constructor({ root, room, wording, tells }) {
    this._tells = tells || "";
    this._root = root;
    this._room = room;
    this._wording = wording;
    this._typing = new Map();
    this._hand = part(root, "hand");
    this._up = this._hand !== null && this._hand.getAttribute("aria-pressed") === "true";
    if (part(root, "people")) {
      room.on("presence", (present) => this._show(present));
    }
    room.on("typing", (person) => this._writes(person));
    room.on("entries", ({ added }) => added.forEach((entry) => entry.by && this._stopped(entry.by.id)));
    room.on("status", ({ status }) => status !== "live" && this._forget());
    if (this._hand) {
      this._hand.addEventListener("click", (event) => {
        // Without a script the button sends the form.
        event.preventDefault();
        this._raise();
      });
    }
  }

  _show(present) {
    part(this._root, "people-count").textContent = this._wording.say("here_count", { count: present.length });
    this._draw(part(this._root, "people"), present);
    const mine = present.find((person) => this._room.you && person.id === this._room.you.id);
    this._setHand(Boolean(mine && mine.hand));
  }

  /** Who stays keeps her place in the page, and the keyboard whatever it was on there. */
  _draw(list, present) {
    const known = new Map(Array.from(list.children, (element) => [element.dataset.person, element]));
    present.forEach((person, place) => {
      const element = known.get(person.id) || this._make();
      known.delete(person.id);
      this._fill(element, person);
      if (list.children[place] !== element) {
        list.insertBefore(element, list.children[place] || null);
      }
    });
    for (const gone of known.values()) {
      gone.remove();
    }
  }

  _make() {
    return this._root.querySelector("#person").content.firstElementChild.cloneNode(true);
  }

  _fill(element, person) {
    element.dataset.person = person.id;
    const { shape, hue } = markOf(person.id);
    part(element, "mark").dataset.shape = shape;
    part(element, "mark").dataset.hue = hue;
    const own = this._room.you && person.id === this._room.you.id;
    part(element, "name").textContent = own ? this._wording.say("you", { name: person.name }) : person.name;
    part(element, "role").hidden = person.role !== "facilitator";
    part(element, "hand-up").hidden = !person.hand;
    part(element, "reads-along").hidden = !person.quiet;
    this._offer(part(element, "tell"), person, own);
  }

  /** The way to say that something is not right with her. */
  _offer(tell, person, own) {
    if (!tell) {
      return;
    }
    const coordinators = person.role === "facilitator" || this._tells !== "group";
    tell.hidden = own || !this._tells;
    tell.value = `report:${person.id}`;
    tell.dataset.to = coordinators ? "coordinators" : "facilitators";
    part(tell, "tell-label").textContent = this._wording.say(coordinators ? "tell_coordinators" : "tell", { name: person.name });
  }

  async _raise() {
    const wanted = !this._up;
    const reply = await this._room.hand(wanted);
    if (reply.ok) {
      this._setHand(wanted);
    } else {
      this._say(this._wording.error(reply.error));
    }
  }

  /** Where the page says how its line is: a button that did nothing says why. */
  _say(words) {
    const line = part(this._root, "line");
    line.textContent = words;
    line.hidden = false;
    setTimeout(() => {
      if (line.textContent === words) {
        line.hidden = true;
      }
    }, SAID_FOR_MS);
  }

  _setHand(up) {
    this._up = up;
    if (this._hand) {
      this._hand.setAttribute("aria-pressed", String(up));
      part(this._hand, "hand-words").textContent = this._wording.say(up ? "hand_is_up" : "hand_raise");
    }
  }

  _writes(person) {
    clearTimeout((this._typing.get(person.id) || {}).timer);
    const timer = setTimeout(() => this._stopped(person.id), TYPING_FOR_MS);
    this._typing.set(person.id, { name: person.name, timer });
    this._showTyping();
  }

  _stopped(id) {
    if (this._typing.has(id)) {
      clearTimeout(this._typing.get(id).timer);
      this._typing.delete(id);
      this._showTyping();
    }
  }

  _forget() {
    this._typing.clear();
    this._showTyping();
  }

  _showTyping() {
    const names = Array.from(this._typing.values(), (one) => one.name);
    const key = names.length > 2 ? "many_write" : ["", "one_writes", "two_write"][names.length];
    part(this._root, "typing").textContent = key ? this._wording.say(key, { name: names[0], other: names[1] }) : "";
  }
}
