// A member's room: puts the parts together.
import { Answers } from "./answers.js";
import { Around } from "./around.js";
import { Company } from "./company.js";
import { Composer } from "./composer.js";
import { Course } from "./course.js";
import { KeyboardRoom } from "./keyboard.js";
import { memberActions, part } from "./letter.js";
import { Looking } from "./looking.js";
import { Me } from "./me.js";
import { Notices } from "./notices.js";
import { Panels } from "./panels.js";
import { Phases } from "./phases.js";
import { Reading } from "./reading.js";
import { Room } from "./room.js";
import { StatusLine } from "./status.js";
import { takingBack } from "./takeback.js";
import { Telling } from "./telling.js";
import { Unsent } from "./unsent.js";
import { View } from "./view.js";
import { Wording } from "./wording.js";

const root = document.querySelector("[data-room]");
const form = document.querySelector("#composer");
const config = JSON.parse(document.querySelector("#room-config").textContent);
config.token = form.elements.csrfmiddlewaretoken.value;

const wording = new Wording(config);
const room = new Room(config);
const view = new View({ root, room, wording, actions, most: config.most });
const looking = new Looking(config.nudges);
const composer = new Composer({ form, room, wording, looking });
const phases = new Phases({ root, room, view, opensAt: config.opensAt });
new Around({ root, room, wording, view, form });
new Company({ root, room, wording, tells: config.reports && config.kind });
if (part(root, "people-telling")) {
  new Telling({ root, room, wording });
}
new Course({ root, room, wording, view });
if (part(root, "me")) {
  new Me({ root, room, wording, looking });
}
new Panels(root.querySelectorAll(".room-head-tools details"));
new Notices({ root, form, room, wording, view });
new Answers({ root, room, wording, view });
new Reading({ view, room });
new StatusLine({ line: part(root, "line"), room, wording });
new KeyboardRoom({ root, view });
new Unsent({ room, composer });
const takeBack = takingBack({ root, room, view, wording });

/** Not everywhere is there somebody to tell: a facilitator on a line is who would be told. */
function actions(subject, context) {
  const offered = memberActions(subject, context);
  return config.reports ? offered : offered.filter((action) => action.name !== "report");
}

const ACTS = {
  reply: ({ subject }) => composer.reply(subject),
  retract: takeBack,
  withdraw: takeBack,
  report: askWhy,
  appeal: askAgain,
  appeal_hold: ({ id }) => ask(id, "#appeal-about-her", (reason) => room.appealAboutHer("hold_member", reason), "appealed"),
  retry: ({ id }) => room.outbox.retry(id),
  confirm: ({ id }) => room.outbox.confirm(id),
  drop: ({ id }) => room.outbox.remove(id),
  change: ({ id }) => composer.take(room.outbox.remove(id)),
};

view.on("leave", () => composer.focus());
view.on("act", (act) => ACTS[act.name] && ACTS[act.name](act));
phases.on("phase", (phase) => view.announce(wording.say(`phase_${phase}`)));
room.on("ended", ({ why }) => {
  if (why === "arrive") {
    goToTheDoor();
    return;
  }
  // Nothing of the room stays on a screen whose reader is no longer in it.
  view.clear();
  form.remove();
  for (const rest of Array.from(root.querySelectorAll(".room-head-tools, .room-answers, .around, .around-way, .around-ways"))) {
    rest.remove();
  }
  phases.show(why === "signed_out" ? "signed_out" : "gone");
});

/** A meeting has begun: she comes in by its page, and what she was writing comes along. */
function goToTheDoor() {
  for (const item of Array.from(room.outbox.items)) {
    if (["waiting", "sending", "slow", "failed", "asking"].includes(item.state)) {
      composer.take(room.outbox.remove(item.id));
    }
  }
  if (composer.empty) {
    location.assign(config.arrive);
  } else {
    form.submit();
  }
}

function askWhy({ id }) {
  ask(id, "#report", (reason) => room.report(id, reason), "reported");
}

function askAgain({ id }) {
  ask(id, "#appeal", (reason) => room.appeal(id, reason), "appealed");
}

function ask(id, form, send, thanks) {
  const asked = root.querySelector(form).content.firstElementChild.cloneNode(true);
  asked.addEventListener("submit", async (event) => {
    event.preventDefault();
    const reply = await send(asked.elements.reason.value.trim());
    view.say(id, reply.ok ? wording.say(thanks) : wording.error(reply.error));
    if (reply.ok) {
      view.closePanel();
    }
  });
  asked.querySelector("[data-part=cancel]").addEventListener("click", () => view.closePanel());
  view.panel(id, asked);
}

for (const only of Array.from(document.querySelectorAll("[data-without-script]"))) {
  only.remove();
}
root.classList.add("room-live");
view.begin();
room.start();
