/**
 * Finds phrases as the word lists write them (docs/word-lists.md): what nudges/matching.py does on the server.
 *
 *   const matcher = new Matcher([[phrase, mark], …], neverNames);
 *   matcher.hits(words)   [{mark, first, last}]   from which word to which, the last not included
 */
import { fold } from "./folding.js";

const ENDING_MOST = 8;
const SKIP_MOST = 2;
const STEPS_A_WORD = 400;
const PART = /\(([^()]*)\)|([^\s()]+)/g;

export class Matcher {
  constructor(phrases, neverNames) {
    this._neverNames = new Set(neverNames.map(fold));
    this._byWord = new Map();
    this._anywhere = [];
    for (const [phrase, mark] of phrases) {
      for (const spelling of new Set([" ", ""].map((instead) => phrase.replace(/([^\s()|])['’](?=[^\s()|])/g, `$1${instead}`)))) {
        this._add(read(spelling), mark);
      }
    }
  }

  hits(words) {
    this._words = words;
    this._steps = STEPS_A_WORD * (words.length + 10);
    const found = new Map();
    words.forEach((word, first) => {
      for (const { layers, mark } of (this._byWord.get(word.text) || []).concat(this._anywhere)) {
        for (const last of this._ends(layers, 0, first, first)) {
          found.set([mark, first, last].join(), { mark, first, last });
        }
      }
    });
    return Array.from(found.values()).sort((a, b) => a.first - b.first || b.last - a.last);
  }

  _add(layers, mark) {
    const known = { layers, mark };
    const begins = layers[0].choices.map((choice) => choice[0]);
    if (!begins.every((atom) => atom && atom.kind === "word")) {
      this._anywhere.push(known);
      return;
    }
    for (const text of new Set(begins.map((atom) => atom.text))) {
      this._byWord.set(text, (this._byWord.get(text) || []).concat([known]));
    }
  }

  _ends(layers, step, at, first) {
    this._steps -= 1;
    if (step === layers.length) {
      return [at];
    }
    if (this._steps < 0) {
      return [];
    }
    const ends = [];
    const layer = layers[step];
    if (layer.gap) {
      for (let skipped = 0; skipped <= SKIP_MOST && this._here(at + skipped, first); skipped += 1) {
        ends.push(...this._ends(layers, step + 1, at + skipped, first));
      }
      return ends;
    }
    for (const choice of layer.choices) {
      const along = choice.every((atom, index) => this._is(atom, this._here(at + index, first)));
      if (along) {
        ends.push(...this._ends(layers, step + 1, at + choice.length, first));
      }
    }
    return ends;
  }

  /** The word at a place, where the same sentence still goes on. */
  _here(at, first) {
    const word = this._words[at];
    return word && !(word.breaks && at > first) ? word : null;
  }

  _is(atom, word) {
    if (!word) {
      return false;
    }
    const { text } = word;
    const mayBeName = word.capital && !this._neverNames.has(text);
    switch (atom.kind) {
      case "word":
        return text === atom.text;
      case "stem":
        return text.startsWith(atom.text) && text.length - atom.text.length <= ENDING_MOST;
      case "number":
        return /^[0-9]{1,4}[a-z]?$/.test(text);
      case "name":
        return mayBeName && !/[0-9]/.test(text[0]);
      default:
        return (atom.kind === "ending" || mayBeName) && text.endsWith(atom.text) && text.length >= atom.text.length + 2;
    }
  }
}

function read(phrase) {
  const layers = [];
  PART.lastIndex = 0;
  for (let match = PART.exec(phrase); match; match = PART.exec(phrase)) {
    if (match[2] === "...") {
      layers.push({ gap: true, choices: [] });
    } else {
      const choices = (match[2] === undefined ? match[1] : match[2]).split("|");
      layers.push({ gap: false, choices: choices.map((choice) => choice.split(/\s+/).filter(Boolean).map(atom)) });
    }
  }
  return layers;
}

function atom(part) {
  if (part === "#" || part === "^") {
    return { kind: part === "#" ? "number" : "name", text: "" };
  }
  const text = fold(part.replace(/[\^*]/g, "").replace(/^-/, ""));
  if (part.startsWith("^-")) {
    return { kind: "named ending", text };
  }
  return { kind: part.startsWith("-") ? "ending" : part.endsWith("*") ? "stem" : "word", text };
}
