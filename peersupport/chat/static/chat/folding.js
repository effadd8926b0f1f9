/**
 * Folds a text to plain small letters, one code point for one, and takes it apart into words: what
 * nudges/folding.py does on the server. Offsets in the folded text are code points of the text itself.
 *
 *   const folded = fold(text);
 *   words(text, folded)   [{text, start, end, breaks, comma, capital}]
 */
const MARK = "\x01";
const SAME = {
  ø: "o", æ: "a", œ: "o", ł: "l", đ: "d", ß: "s", ı: "i", "’": "'", "‘": "'", "ʼ": "'", "…": ".",
  "\u200b": MARK, "\u00ad": MARK, "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
};
// Where digits of other scripts begin.
const ZEROS = [0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xff10];
const LETTERS = unicode("[\\p{L}\\p{N}]");
const MARKS = unicode("[\\p{M}\\p{Cf}]");
const known = new Map();

export function fold(text) {
  return Array.from(text, (point) => {
    if (!known.has(point)) {
      known.set(point, foldOne(point));
    }
    return known.get(point);
  }).join("");
}

export function words(text, folded) {
  const points = Array.from(text);
  const found = [];
  const word = /[a-z0-9\x01\u00aa-\uffff]+/g;
  let last = 0;
  for (let match = word.exec(folded); match; match = word.exec(folded)) {
    const between = folded.slice(last, match.index);
    const plain = match[0].split(MARK).join("");
    const breaks = /[!?\n]/.test(between) || (between.includes(".") && !/[0-9]/.test(match[0][0]));
    if (plain) {
      const first = points[match.index];
      last = match.index + match[0].length;
      found.push({ text: plain, start: match.index, end: last, breaks, capital: first !== first.toLowerCase() });
    }
  }
  return found;
}

function foldOne(point) {
  if (point in SAME) {
    return SAME[point];
  }
  if (MARKS && MARKS.test(point)) {
    return MARK;
  }
  const code = point.codePointAt(0);
  const zero = ZEROS.find((one) => code >= one && code < one + 10);
  if (zero !== undefined) {
    return String(code - zero);
  }
  if (point === "\n") {
    return point;
  }
  const plain = Array.from(point.toLowerCase().normalize("NFKD"))[0];
  const same = SAME[plain] || plain;
  if (same.charCodeAt(0) < 128) {
    return same;
  }
  const letter = LETTERS ? LETTERS.test(point) : point.toLowerCase() !== point.toUpperCase();
  return letter && same.length === 1 ? same : " ";
}

/** An old browser cannot read the pattern: it does without. */
function unicode(pattern) {
  try {
    return new RegExp(pattern, "u");
  } catch (old) {
    return null;
  }
}
