/**
 * Telephone and other long numbers by their shape: what nudges/numbers.py does on the server, which also asks a library
 * about short ones.
 *
 *   numbers(folded)   [{kind, start, end}]
 */
const RUN = /[+(]{0,2}[0-9](?:[ ()./-]{0,3}[0-9]){5,24}/g;
const DAY = "[0-9]{1,2}[./-][0-9]{1,2}(?:[./-](?:(?:19|20)[0-9]{2}|[0-9]{2})?)?";
const TURNED_DAY = "(?:19|20)[0-9]{2}[./-][0-9]{1,2}[./-][0-9]{1,2}";
const HOUR = "(?:[01]?[0-9]|2[0-4])\\.[0-5][0-9]";
const YEAR = "(?:19|20)[0-9]{2}";
const ANY = `${DAY}|${TURNED_DAY}|${HOUR}|${YEAR}`;
const WHEN = new RegExp(`^(?:${ANY})(?:-(?:${ANY}|[0-9]{2}))?\\.?$`);
const SPACED_DAY = new RegExp(`^[0-9]{1,2} [0-9]{1,2} ${YEAR}$`);
const ROUND_SUM = /^[0-9]{1,3}(?:[ .][0-9]{3})* ?\.?000$/;
const PERSON = /^[0-9]{6}(?:[0-9]{2})?[-+][0-9]{3,4}$/;
const SEVEN = /^[0-9]{3}[ -][0-9]{2}[ -]?[0-9]{2}$/;
const GROUPED = /[0-9][ ()./-]+[0-9]/;
const LEAST = 8;
const MOST = 13;
const ABROAD_LEAST = 7;
const ABROAD_MOST = 17;

export function numbers(folded) {
  const found = [];
  RUN.lastIndex = 0;
  for (let run = RUN.exec(folded); run; run = RUN.exec(folded)) {
    const { start, end } = withoutTimes(run[0], run.index, folded[RUN.lastIndex] === ":");
    const kind = kindOf(folded.slice(start, end));
    if (kind) {
      found.push({ kind, start, end });
    }
  }
  return found;
}

function kindOf(text) {
  const count = text.replace(/[^0-9]/g, "").length;
  if (count < ABROAD_LEAST || isPlain(text)) {
    return "";
  }
  if (PERSON.test(text)) {
    return "number";
  }
  if (/^(\+|\(\+|00)/.test(text) && count <= ABROAD_MOST) {
    return "phone";
  }
  if (count < LEAST) {
    return SEVEN.test(text) ? "phone" : "";
  }
  return count <= MOST && ("0(".includes(text[0]) || GROUPED.test(text)) ? "phone" : "number";
}

function withoutTimes(run, at, hour) {
  const parts = [];
  run.replace(/[^ ]+/g, (text, start) => parts.push({ text, start }));
  if (hour && parts.length > 1) {
    parts.pop();
  }
  const isTime = (part) => WHEN.test(part.text) && part.text.includes(".");
  while (parts.length > 1 && isTime(parts[parts.length - 1])) {
    parts.pop();
  }
  while (parts.length > 1 && isTime(parts[0])) {
    parts.shift();
  }
  const last = parts[parts.length - 1];
  return { start: at + parts[0].start, end: at + last.start + last.text.length };
}

function isPlain(text) {
  if (SPACED_DAY.test(text) || ROUND_SUM.test(text)) {
    return true;
  }
  const groups = text.match(/[0-9]+/g);
  const small = !"0+(".includes(text[0]) && 2 * groups.join("").length < 3 * groups.length;
  return small || text.split(/ +/).filter(Boolean).every((part) => WHEN.test(part));
}
