/**
 * Keeps what stands beside the room current: people, what waits, reports, the time. The server draws it, once, for
 * the page with and without script; this puts the new drawing in the place of the old one.
 *
 *   const beside = new Beside({desk, room});   desk holds [data-beside=jump|state|panel] and says data-beside-path
 *   beside.refresh()   now
 *   beside.clear()     take it all away (signed out)
 */
const SOON_MS = 200;
const AT_MOST_EVERY_MS = 1000;
const CLOCK_MS = 20000;
/** Tokens of the forms differ at every drawing and change nothing that can be seen. */
const TOKENS = /<input type="hidden" name="csrfmiddlewaretoken"[^>]*>/g;

export class Beside {
  constructor({ desk, room }) {
    this._desk = desk;
    this._drawn = new Map();
    this._due = 0;
    this._last = 0;
    this._ended = false;
    for (const news of ["presence", "held", "alert", "checkins", "side_room", "state", "ready"]) {
      room.on(news, () => this._soon());
    }
    room.on("entries", ({ changed }) => changed.length && this._soon());
    this._clock = setInterval(() => document.hidden || this.refresh(), CLOCK_MS);
  }

  async refresh() {
    clearTimeout(this._due);
    this._due = 0;
    this._last = Date.now();
    try {
      // Nobody pressed anything: a forgotten console must not keep its sign-in alive.
      const headers = { "X-By-Itself": "1" };
      const answer = await fetch(this._desk.dataset.besidePath, { headers, redirect: "error" });
      if (answer.ok && !this._ended) {
        this._put(await answer.text());
      }
    } catch (lost) {
      // The room's own line says that the connection is gone; the next news asks again.
    }
  }

  clear() {
    this._ended = true;
    clearInterval(this._clock);
    clearTimeout(this._due);
    for (const place of this._places()) {
      place.textContent = "";
    }
  }

  _soon() {
    if (!this._due && !this._ended) {
      const rest = this._last + AT_MOST_EVERY_MS - Date.now();
      this._due = setTimeout(() => this.refresh(), Math.max(SOON_MS, rest));
    }
  }

  _places() {
    return Array.from(this._desk.querySelectorAll("[data-beside]"));
  }

  _put(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    for (const place of this._places()) {
      const drawn = fresh.content.querySelector(`[data-beside="${place.dataset.beside}"]`);
      const plain = drawn.innerHTML.replace(TOKENS, "");
      if (this._drawn.get(place) !== plain && !isChoosing(place)) {
        this._drawn.set(place, plain);
        swap(place, drawn);
      }
    }
  }
}

function isChoosing(place) {
  const active = document.activeElement;
  return active && active.tagName === "SELECT" && place.contains(active);
}

/** Puts the new drawing in; what was open stays open, and the cursor stays where it was or near it. */
function swap(place, drawn) {
  const active = place.contains(document.activeElement) ? document.activeElement : null;
  const section = active && active.closest("section[id]");
  for (const open of Array.from(place.querySelectorAll("details[open][id]"))) {
    const again = drawn.querySelector(`#${open.id}`);
    if (again) {
      again.open = true;
    }
  }
  for (const only of Array.from(drawn.querySelectorAll("[data-without-script]"))) {
    only.remove();
  }
  place.textContent = "";
  place.append(...Array.from(drawn.childNodes));
  if (active) {
    const near = (active.id && document.getElementById(active.id)) || nearest(section);
    if (near) {
      near.focus({ preventScroll: true });
    }
  }
}

function nearest(section) {
  const again = section && document.getElementById(section.id);
  const item = again && (again.querySelector("[data-item]") || again.querySelector("h2"));
  if (item && !item.hasAttribute("tabindex")) {
    item.tabIndex = -1;
  }
  return item;
}
