/**
 * One message on the page. The shape stands once, in letter.html; the server fills it for a page without script,
 * this fills it for everyone else. People's words are only ever set as text.
 *
 *   const letters = new Letters({template, wording, actions});
 *   const element = letters.make();          or letters.take(element): one that the server has drawn
 *   letters.fill(element, subject, {you, answered})
 *     subject: a message entry of the log, or an outbox item; answered: the message it replies to, if known
 *   letters.stateWords(item)                 how far a message of one's own is, in words
 *   actions(subject, context) → [{name, label, danger}]: the buttons behind "…"
 *   A press on any button inside carries data-act; the column (view.js) tells who asked.
 */

/** A shape and a hue for a person, the same everywhere (groups/marks.py): from the last digits of her id. */
export function markOf(personId) {
  const digits = personId.slice(-2);
  return { shape: parseInt(digits[1], 16) % 8, hue: parseInt(digits[0], 16) % 8 };
}

/** What every member can do with a message. ("reply" is hidden by the style sheet while the room is not open.) */
export function memberActions(subject, { you, wording }) {
  const own = Boolean(you) && Boolean(subject.by) && subject.by.id === you.id;
  if (own && subject.fate === "removed") {
    return [{ name: "appeal", label: wording.say("appeal") }];
  }
  if (!subject.by || subject.fate) {
    return [];
  }
  return [
    { name: "reply", label: wording.say("reply") },
    own ? { name: "retract", label: wording.say("retract") } : { name: "report", label: wording.say("report") },
  ];
}

/** How many characters of a message stand in the letters that reply to it. */
const EXCERPT = 80;

const CHOICES = {
  failed: [["retry", "try_again"], ["change", "change"]],
  asking: [["confirm", "send_anyway"], ["change", "change"]],
  held: [["withdraw", "retract"]],
  declined: [["change", "change"], ["appeal", "appeal"], ["drop", "drop"]],
  waiting: [["change", "change"]],
  slow: [["change", "change"]],
};

export class Letters {
  constructor({ template, wording, actions }) {
    this._template = template;
    this._wording = wording;
    this._actions = actions || memberActions;
  }

  make() {
    return this.take(this._template.content.firstElementChild.cloneNode(true));
  }

  take(element) {
    // Reached by arrow key (walking.js), so that Tab leads past a hundred letters to the writing box.
    part(element, "more").querySelector("summary").tabIndex = -1;
    return element;
  }

  fill(element, subject, context) {
    const by = subject.by || context.you || { id: "m_00", name: "", role: "parent" };
    const own = Boolean(context.you) && by.id === context.you.id;
    element.id = `letter-${subject.id}`;
    element.dataset.id = subject.id;
    element.dataset.role = by.role;
    element.dataset.own = own ? "yes" : "no";
    element.dataset.state = subject.state || "sent";
    element.dataset.fate = subject.fate || "";
    this._head(element, subject, by, own);
    this._answers(element, subject.fate ? null : subject.replyTo, context.answered);
    this._words(element, subject, own);
    this._state(element, subject, own);
    this._more(element, subject, by, context);
  }

  _head(element, subject, by, own) {
    const mark = part(element, "mark");
    const { shape, hue } = markOf(by.id);
    mark.dataset.shape = shape;
    mark.dataset.hue = hue;
    write(element, "name", own ? this._wording.say("you", { name: by.name }) : by.name);
    part(element, "role").hidden = by.role !== "facilitator";
    const time = part(element, "time");
    time.dateTime = subject.at || "";
    write(element, "time", subject.at ? this._wording.time(subject.at) : "");
  }

  _answers(element, replyTo, answered) {
    const link = part(element, "answers");
    link.hidden = !replyTo;
    if (!replyTo) {
      return;
    }
    link.href = `#letter-${replyTo}`;
    link.dataset.target = replyTo;
    write(element, "answers-name", answered && answered.by ? this._wording.say("in_reply_to", { name: answered.by.name }) : this._wording.say("in_reply"));
    write(element, "answers-words", answered ? excerpt(answered) : "");
  }

  _words(element, subject, own) {
    const body = part(element, "body");
    const fold = part(element, "fold");
    if (subject.fate || subject.body === null) {
      set(body, this._ending(subject, own));
    } else if (subject.findings && subject.findings.length && subject.state === "asking") {
      underline(body, subject.body, subject.findings);
    } else {
      set(body, subject.body);
    }
    fold.hidden = !subject.note;
    write(element, "note", subject.note || "");
    if (subject.note && body.parentNode !== fold) {
      fold.append(body);
    } else if (!subject.note && body.parentNode === fold) {
      fold.after(body);
    }
  }

  _ending(subject, own) {
    if (subject.fate === "retracted") {
      return this._wording.say(own ? "you_retracted" : "was_retracted");
    }
    if (subject.fate === "removed") {
      const reason = this._wording.decided("removed", subject);
      return this._wording.say(reason ? "was_removed_why" : "was_removed", { reason });
    }
    return this._wording.say(subject.state === "declined" ? "was_declined" : "was_erased");
  }

  _state(element, subject, own) {
    const line = part(element, "state");
    const words = own && !subject.fate ? this.stateWords(subject) : "";
    line.hidden = !words;
    set(line, words);
    const choices = part(element, "choices");
    choices.textContent = "";
    const held = subject.state === "held" && subject.reason === "hold_member" ? [["appeal_hold", "appeal"]] : [];
    for (const [act, text] of (CHOICES[subject.state] || []).concat(held)) {
      if (act === "change" && subject.body === null) {
        continue;
      }
      choices.append(button(act, this._wording.say(text), "button button-quiet"));
    }
    choices.hidden = !choices.firstChild;
  }

  stateWords(subject) {
    const say = (key, values) => this._wording.say(key, values);
    switch (subject.state) {
      case "waiting":
        return say("state_waiting");
      case "slow":
        return say("state_slow", { span: this._wording.span(subject.slow) });
      case "sending":
        return say("state_sending");
      case "held":
        return say(this._wording.first(`held_${subject.reason}`, "state_held"));
      case "asking":
        return this._wording.asking(subject.findings);
      case "failed":
        return say("state_failed", { why: this._wording.error(subject.error) });
      case "declined":
        return this._declined(subject);
      default:
        return say("state_sent");
    }
  }

  _declined(subject) {
    const reason = this._wording.decided("declined", subject);
    return this._wording.say(reason ? "state_declined_why" : "state_declined", { reason });
  }

  _more(element, subject, by, context) {
    const more = part(element, "more");
    const actions = subject.state ? [] : this._actions(subject, Object.assign({ wording: this._wording }, context));
    more.hidden = actions.length === 0;
    if (more.hidden) {
      return;
    }
    write(element, "more-label", this._wording.say("more_about", { name: by.name, time: this._wording.time(subject.at) }));
    const row = part(element, "actions");
    row.textContent = "";
    for (const action of actions) {
      row.append(button(action.name, action.label, action.danger ? "button button-link button-danger" : "button button-link"));
    }
  }
}

export function part(element, name) {
  return element.querySelector(`[data-part="${name}"]`);
}

/** The beginning of what a reply answers. Of a folded message only what everyone may see: its note. */
function excerpt(answered) {
  const words = answered.note || answered.body || "";
  const points = Array.from(words.slice(0, 4 * EXCERPT).replace(/\s+/g, " "));
  return points.length > EXCERPT ? `${points.slice(0, EXCERPT).join("").trim()}…` : points.join("");
}

function write(element, name, text) {
  set(part(element, name), text);
}

/** Text that stands there already, as in a letter of the server's, is not laid out again. */
function set(element, text) {
  if (element.textContent !== text || element.firstElementChild) {
    element.textContent = text;
  }
}

function button(act, label, look) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = look;
  made.dataset.act = act;
  made.textContent = label;
  return made;
}

/** The text with each finding marked. The server counts code points, JavaScript counts halves of them. */
export function underline(body, text, findings) {
  const points = Array.from(text);
  body.textContent = "";
  let from = 0;
  for (const { start, end } of findings) {
    if (start < from || start >= points.length) {
      continue;
    }
    body.append(points.slice(from, start).join(""));
    const mark = document.createElement("mark");
    mark.textContent = points.slice(start, end).join("");
    body.append(mark);
    from = end;
  }
  body.append(points.slice(from).join(""));
}
