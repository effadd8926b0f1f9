/**
 * The page's words and times, as the server gave them: translated there, filled in here.
 *
 *   const wording = new Wording({texts, language, timeZone, meetings});   meetings: [{from, to, words}], ISO times
 *   wording.say("new_messages", {count: 3})   the text with {count} filled in
 *   wording.time(iso)  "18:03"     wording.day(iso)  "Sunday 22 November"
 *   wording.meeting(iso)  the words of the meeting that was then, or ""
 */
export class Wording {
  constructor({ texts, language, timeZone, meetings }) {
    this._texts = texts;
    this._meetings = (meetings || []).map(({ from, to, words }) => ({ from: Date.parse(from), to: Date.parse(to), words }));
    const zone = { timeZone };
    // Taken apart again: how a time is written is said by the server, as for every other page.
    this._time = new Intl.DateTimeFormat("en-GB", Object.assign({ hour: "2-digit", minute: "2-digit", hour12: false }, zone));
    this._day = new Intl.DateTimeFormat(language, Object.assign({ weekday: "long", day: "numeric", month: "long" }, zone));
  }

  say(key, values) {
    const text = this._texts[key];
    if (text === undefined) {
      throw new Error(`No words for ${key}`);
    }
    return text.replace(/\{(\w+)\}/g, (whole, name) => (values && name in values ? String(values[name]) : whole));
  }

  /** The first of two keys there are words for. */
  first(key, otherwise) {
    return key in this._texts ? key : otherwise;
  }

  /** The question about what was found in a text: "… It seems to hold a phone number and a link. …" */
  asking(found, key = "state_asking") {
    const kinds = Array.from(new Set(found.map((finding) => finding.kind)));
    if (kinds.every((kind) => kind === "evidence")) {
      return this.say("asking_evidence");
    }
    const what = kinds.map((kind) => this.say(this.first(`finding_${kind}`, "finding_other")));
    return this.say(key, { what: this.together(what) });
  }

  /** One or several of them as one part of a sentence: "Maija, Oskar and Pirkko". */
  together(names) {
    const last = names.length - 1;
    return last < 1 ? names.join("") : this.say("and", { first: names.slice(0, last).join(", "), last: names[last] });
  }

  /** A time in words, as wording.py has it. */
  span(seconds) {
    const minutes = seconds / 60;
    if (minutes < 1 || !Number.isInteger(minutes)) {
      return this.say("span_seconds", { count: Math.ceil(seconds) });
    }
    return this.say(minutes === 1 ? "span_minute" : "span_minutes", { count: minutes });
  }

  /** Words for an error of the protocol; the server's own sentence where this page has none. */
  error(error) {
    const own = this._texts[`error_${error.code}`];
    return own || error.message || this.say("error_internal");
  }

  /** The reason of a decision: a template in this page's language, or words as they came. */
  decided(decision, { template, reason }) {
    const key = `${decision}_${template}`;
    return template && key in this._texts ? this._texts[key] : reason || "";
  }

  time(iso) {
    const [hour, minute] = this._time.format(new Date(iso)).replace(/^24/, "00").split(":");
    return this.say("clock", { hour, minute });
  }

  day(iso) {
    return this._day.format(new Date(iso));
  }

  meeting(iso) {
    const at = Date.parse(iso);
    const found = this._meetings.find(({ from, to }) => from <= at && at < to);
    return found ? found.words : "";
  }
}
