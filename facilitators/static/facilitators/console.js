// A facilitator's console: the room in the middle, what stands beside it, keys for everything.
import { Composer } from "../chat/composer.js";
import { memberActions, part } from "../chat/letter.js";
import { Looking } from "../chat/looking.js";
import { Reading } from "../chat/reading.js";
import { Room } from "../chat/room.js";
import { StatusLine } from "../chat/status.js";
import { takingBack } from "../chat/takeback.js";
import { Company } from "../chat/company.js";
import { View } from "../chat/view.js";
import { Wording } from "../chat/wording.js";
import { Asking } from "./asking.js";
import { Beside } from "./beside.js";
import { Keys } from "./keys.js";

const desk = document.querySelector("[data-console]");
const root = desk.querySelector("[data-room]");
const form = document.querySelector("#composer");
const config = read("#room-config");
const words = read("#console-words");
config.token = form.elements.csrfmiddlewaretoken.value;

const wording = new Wording(config);
const room = new Room(config);
const view = new View({ root, room, wording, actions });
const composer = new Composer({ form, room, wording, looking: new Looking(config.nudges) });
const beside = new Beside({ desk, room });
const takeBack = takingBack({ root, room, view, wording });
const asking = new Asking({ desk, words, token: config.token, done: () => beside.refresh() });
new Company({ root, room, wording });
new Reading({ view, room });
new StatusLine({ line: part(root, "line"), room, wording });
new Keys({ desk, view, composer, asking });

/** What "…" offers a facilitator: with somebody else's message, to remove it rather than to report it. */
function actions(subject, context) {
  const offered = memberActions(subject, context).filter((action) => action.name !== "report" && action.name !== "appeal");
  if (!subject.by || subject.fate || (context.you && subject.by.id === context.you.id)) {
    return offered;
  }
  if (subject.by.role !== "facilitator") {
    offered.push({ name: "mute", label: words.mute });
  }
  offered.push({ name: "remove", label: words.remove, danger: true });
  return offered;
}

const ACTS = {
  reply: ({ subject }) => composer.reply(subject),
  retract: takeBack,
  withdraw: takeBack,
  remove: ({ id }) => asking.ask("remove", id),
  // A member's public id is "m_" and her membership's id.
  mute: ({ subject }) => asking.ask("mute", subject.by.id.slice(2)),
  retry: ({ id }) => room.outbox.retry(id),
  confirm: ({ id }) => room.outbox.confirm(id),
  drop: ({ id }) => room.outbox.remove(id),
  change: ({ id }) => composer.take(room.outbox.remove(id)),
};

view.on("leave", () => composer.focus());
view.on("act", (act) => ACTS[act.name] && ACTS[act.name](act));
room.on("state", ({ state }) => {
  root.dataset.phase = state === "closed" ? "ended" : state;
});
announceMore("held", (items) => items.length, words.waits);
announceMore("alert", (frame) => (frame.reports || []).length, words.reported);
announceMore("alert", (frame) => (frame.signals || []).length, words.hard_words);
announceMore("alert", (frame) => total(frame.lines || []), words.on_a_line);
desk.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-show]");
  if (link) {
    event.preventDefault();
    view.show(link.dataset.show);
  }
});
room.on("ended", () => {
  // Nothing of the room stays on a screen whose reader is no longer in it.
  view.clear();
  beside.clear();
  form.remove();
  part(root, "gone").hidden = false;
});

function announceMore(name, count, text) {
  let before = null;
  room.on(name, (news) => {
    const now = count(news);
    if (before !== null && now > before) {
      view.announce(text);
    }
    before = now;
  });
}

function total(lines) {
  return lines.reduce((sum, line) => sum + line.count, 0);
}

function read(selector) {
  return JSON.parse(document.querySelector(selector).textContent);
}

for (const only of Array.from(document.querySelectorAll("[data-without-script]"))) {
  only.remove();
}
root.classList.add("room-live");
view.begin();
room.start();
