/**
 * Looks a message over before anything leaves the browser: personal details, the words she keeps private and, where
 * cases are open, accounts of what happened. The server looks once more (nudges/); both read the same lists.
 * It asks, never blocks, and guarantees nothing.
 *
 *   const looking = new Looking(config.nudges);    without lists it finds nothing
 *   looking.over(text)   [{kind, start, end}] in code points, in reading order
 *   looking.asked()      she was asked about an account; once an evening is enough
 */
import { fold, words } from "./folding.js";
import { numbers } from "./numbers.js";
import { Matcher } from "./phrases.js";

const MOST = 20;
const INFLECTED_LEAST = 3;
const DATE = /\b[0-9]{1,2}\.[0-9]{1,2}\.|\b[0-9]{1,2}[/-][0-9]{1,2}[/-][0-9]{2}/;
const SIGNS = [
  ["email", /[a-z0-9.+_-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}/g],
  ["email", /(?:yahoo|protonmail|proton|outlook|icloud|hotmail|gmail) ?(?:\.|\(?dot\)?|piste|punkt|point) ?(?:com|fi|se|fr|me|ch)\b/g],
  ["link", /(?:https?:\/\/|www\.)[^\s<>"]{2,200}/g],
  ["link", /\b[a-z0-9-]{2,63}\.(?:(?:com|org|net|info|app|eu|fi|uk|ie|gg)\b(?:\/[^\s<>"]{0,200})?|[a-z]{2,6}\/[^\s<>"]{1,200})/g],
  ["handle", /\b[a-z0-9_.]{2,32}#[0-9]{4}\b/g],
  ["handle", /\b(?:threema|tiktok|telegram|steam|snapchat|snap|skype|roblox|kik|instagram|insta|ig|discord) ?[:=] ?[a-z0-9_.#-]{3,40}/g],
];

export class Looking {
  constructor(lists) {
    this._lists = lists || null;
    this._isReady = false;
  }

  over(text) {
    if (!this._lists) {
      return [];
    }
    this._prepare();
    const folded = fold(text);
    const read = words(text, folded);
    const found = [...this._private(read), ...this._signs(folded), ...this._named(read, folded), ...this._account(read, folded)];
    return apart(found);
  }

  asked() {
    this._prepare();
    this._accounts = null;
  }

  /** Not before she writes: opening the page is work enough for a slow phone. */
  _prepare() {
    const lists = this._lists;
    if (!lists || this._isReady) {
      return;
    }
    this._isReady = true;
    this._places = ["street", "school"].map((kind) => new Matcher(lists[kind].map((phrase) => [phrase, kind]), lists.neverNames));
    this._endings = new Set([].concat(...lists.cases.map((end) => lists.clitics.map((clitic) => end + clitic))));
    this._doubled = new Set(lists.clitics.map((clitic) => `n${clitic}`));
    this._accounts = lists.evidence && new Matcher([].concat(...Object.keys(lists.evidence).map((kind) => lists.evidence[kind].map((phrase) => [phrase, kind]))), []);
  }

  _signs(folded) {
    const found = [];
    for (const [kind, pattern] of SIGNS) {
      pattern.lastIndex = 0;
      for (let match = pattern.exec(folded); match; match = pattern.exec(folded)) {
        found.push({ kind, start: match.index, end: match.index + match[0].length });
      }
    }
    folded.replace(/(^|[^@.a-z0-9\u00aa-\uffff])(@[a-z0-9_.]{3,30})/g, (all, before, name, at) => {
      found.push({ kind: "handle", start: at + before.length, end: at + all.length });
      return all;
    });
    return found.concat(numbers(folded));
  }

  _named(read, folded) {
    const found = [];
    for (const matcher of this._places) {
      for (const hit of matcher.hits(read)) {
        if (hit.mark !== "street" || /[0-9]/.test(folded)) {
          found.push({ kind: hit.mark, start: read[hit.first].start, end: read[hit.last - 1].end });
        }
      }
    }
    return found;
  }

  _account(read, folded) {
    const hits = this._accounts ? this._accounts.hits(read) : [];
    const kinds = new Set(hits.map((hit) => hit.mark));
    if (DATE.test(folded)) {
      kinds.add("day");
    }
    const whole = ["statement", "official", "day"].every((kind) => kinds.has(kind));
    if (!whole && !(kinds.has("act") && kinds.size > 1)) {
      return [];
    }
    const telling = hits.find((hit) => hit.mark === "act" || hit.mark === "statement");
    return [{ kind: "evidence", start: read[telling.first].start, end: read[telling.last - 1].end }];
  }

  _private(read) {
    const found = [];
    read.forEach((word, last) => {
      for (const [before, stems] of this._lists.private) {
        const first = last - before.length;
        const led = first >= 0 && before.every((text, index) => read[first + index].text === text);
        if (led && this._isForm(word.text, stems)) {
          found.push({ kind: "private", start: read[first].start, end: word.end });
        }
      }
    });
    return found;
  }

  _isForm(word, stems) {
    return word === stems[0] || stems.some((stem) => stem.length >= INFLECTED_LEAST && word.startsWith(stem) && this._isEnding(word.slice(stem.length), stem[stem.length - 1]));
  }

  _isEnding(rest, last) {
    const tail = rest.slice(1);
    if (this._endings.has(rest) || (rest[0] === last && this._doubled.has(tail))) {
      return true;
    }
    return !"aeiouy".includes(last) && rest[0] === "i" && (this._endings.has(tail) || this._doubled.has(tail));
  }
}

/** Those that do not overlap, the most telling first, then in reading order. */
function apart(found) {
  const taken = [];
  for (const one of found) {
    if (taken.length < MOST && !taken.some((other) => one.start < other.end && other.start < one.end)) {
      taken.push(one);
    }
  }
  return taken.sort((a, b) => a.start - b.start || a.end - b.end);
}
