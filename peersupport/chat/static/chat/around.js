/**
 * What a room's page shows of the group's other rooms, kept true: an invitation aside, who is within call on a
 * private line, and that the way to her line takes along what she is writing.
 *
 *   new Around({root, room, wording, view, form});
 *   root may hold, by data-part: invitation with invitation-way (a link); within-call and out-of-call (lines of
 *   words, one of them shown); private-way (a link)
 */
import { part } from "./letter.js";

/** Somebody who only changes from one page to another is not called gone. */
const SETTLE_MS = 3000;

export class Around {
  constructor({ root, room, wording, view, form }) {
    this._root = root;
    this._room = room;
    this._wording = wording;
    this._view = view;
    this._settle = 0;
    this._asked = (part(root, "invitation-way") || {}).href || "";
    room.on("rooms", ({ rooms }) => this._rooms(rooms));
    room.on("side_room", (frame) => this._invited(frame.open ? frame.room : ""));
    if (part(root, "within-call")) {
      room.on("presence", (present) => this._present(present));
    }
    const way = part(root, "private-way");
    if (way) {
      way.addEventListener("click", (event) => takeAlong(event, form));
    }
  }

  _rooms(rooms) {
    const side = rooms.find((one) => one.kind === "side" && one.state === "open");
    this._invited(side ? side.id : "");
  }

  _invited(id) {
    const section = part(this._root, "invitation");
    if (!section || (this._room.you && this._room.you.role === "facilitator")) {
      return;
    }
    const isNew = Boolean(id) && section.hidden;
    const follow = this._view.atEnd;
    section.hidden = !id;
    if (id) {
      part(section, "invitation-way").href = `/room/${id}/`;
    }
    if (isNew) {
      this._view.announce(this._wording.say("invited"));
    }
    if (follow) {
      this._view.toEnd();
    }
  }

  _present(present) {
    clearTimeout(this._settle);
    this._settle = setTimeout(() => this._withinCall(present), SETTLE_MS);
  }

  _withinCall(present) {
    const names = present.filter((one) => one.role === "facilitator").map((one) => one.name);
    const line = part(this._root, "within-call");
    line.textContent = names.length ? this._words(names) : "";
    line.hidden = !names.length;
    part(this._root, "out-of-call").hidden = names.length > 0;
  }

  _words(names) {
    if (names.length === 1) {
      return this._wording.say("within_call_one", { name: names[0] });
    }
    return this._wording.say("within_call_many", { names: this._wording.together(names) });
  }
}

/** What she has written goes with her, unsent: the line's own page has it in its box. */
function takeAlong(event, form) {
  if (form.elements.body.value.trim()) {
    event.preventDefault();
    form.action = event.currentTarget.href;
    // Not a press of a button: nothing is sent to anybody, and no script of this page answers.
    form.submit();
  }
}
