/**
 * Where the reader is in the column: at its end, where new letters come in, or somewhere above, which stays where
 * it is on the screen whatever is put in or taken out.
 *
 *   const place = new Place({log, list, stretch});    log: the element that scrolls; list: the element with the letters
 *   place.isLive           set once the letters are the scripts' own
 *   place.atEnd            whether the newest can be seen
 *   place.atTop, place.atFoot   less than a screen is left above, or below
 *   place.toEnd()          go there
 *   place.keep(change)     change the column: at the end one stays at the end, elsewhere at the same words
 *   place.hold(change)     the same, but stays at the same words also at the end
 *   place.top              the first letter that can be seen
 */
const NEAR_THE_END_PX = 64;

export class Place {
  constructor({ log, list, stretch }) {
    this._log = log;
    this._list = list;
    this._stretch = stretch;
    this.isLive = false;
    this._wasAtEnd = true;
    // The box grows with the words in it, a keyboard comes up, a phone is turned: the end stays in sight.
    if (window.ResizeObserver) {
      new ResizeObserver(() => this._wasAtEnd && this.toEnd()).observe(log);
    }
    for (const target of [log, window]) {
      target.addEventListener("scroll", () => { this._wasAtEnd = this.atEnd; }, { passive: true });
    }
  }

  get scroller() {
    // On very small screens the page scrolls as a whole, so that nothing is squeezed.
    return getComputedStyle(this._log).overflowY === "visible" ? document.scrollingElement : this._log;
  }

  get atEnd() {
    return this._stretch.reachesEnd && this._below < NEAR_THE_END_PX;
  }

  get atTop() {
    return this.scroller.scrollTop < window.innerHeight;
  }

  get atFoot() {
    return this._below < window.innerHeight;
  }

  get _below() {
    const box = this.scroller;
    return box.scrollHeight - box.scrollTop - box.clientHeight;
  }

  toEnd() {
    const box = this.scroller;
    box.scrollTop = box.scrollHeight;
    this._wasAtEnd = true;
  }

  keep(change) {
    if (this.atEnd) {
      change();
      this.toEnd();
    } else {
      this.hold(change);
    }
  }

  hold(change) {
    const anchor = this.top;
    const before = anchor && anchor.getBoundingClientRect().top;
    change();
    if (anchor && anchor.isConnected) {
      this.scroller.scrollTop += anchor.getBoundingClientRect().top - before;
    }
  }

  get top() {
    const edge = Math.max(0, this._log.getBoundingClientRect().top);
    const all = this._list.children;
    let from = 0;
    let to = all.length - 1;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (all[middle].getBoundingClientRect().bottom <= edge) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    // Lines between letters come and go with the letters; only these stay.
    let letter = all[from];
    while (letter && !letter.dataset.id) {
      letter = letter.nextElementSibling;
    }
    return letter;
  }
}
