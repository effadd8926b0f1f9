/**
 * What was said before the first event the page began with: asked for page by page, when somebody wants to read it.
 *
 *   const history = new History({log, events});     events: the address of the long poll
 *   history.page()   → Promise of {ok, added}: entries, oldest first; ok: false without a connection.
 *                      Asked again meanwhile it gives the same promise.
 */
const PAGE = 200;
const PATIENCE_MS = 20000;

export class History {
  constructor({ log, events }) {
    this._log = log;
    this._events = events;
    this._asking = null;
  }

  page() {
    if (!this._asking) {
      this._asking = this._ask().then((answer) => {
        this._asking = null;
        return answer;
      });
    }
    return this._asking;
  }

  async _ask() {
    const { first, epoch } = this._log;
    if (this._log.complete) {
      return { ok: true, added: [] };
    }
    // Numbers have no gaps: the page before the first event is known by its numbers.
    const after = Math.max(0, first - 1 - PAGE);
    const address = new URL(this._events, location.href);
    address.searchParams.set("after", after);
    if (epoch) {
      address.searchParams.set("epoch", epoch);
    }
    const answer = await fetched(address.href);
    if (!answer || answer.reset || this._log.first !== first || this._log.epoch !== epoch) {
      // No answer; or the log was begun anew meanwhile, and what came belongs to the old one.
      return { ok: Boolean(answer), added: [] };
    }
    return { ok: true, added: this._log.prepend(answer.events, after) };
  }
}

async function fetched(address) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const response = await fetch(address, { signal: stop.signal, redirect: "error" });
    return response.ok ? await response.json() : null;
  } catch (error) {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
