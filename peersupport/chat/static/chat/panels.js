/**
 * What opens over the room from its head: one at a time. Escape closes it and gives the focus back to what opened it;
 * a tap beside it closes it, too.
 *
 *   new Panels(details);   details: the elements <details> that open over what stands below them
 */
export class Panels {
  constructor(details) {
    this._all = Array.from(details);
    for (const one of this._all) {
      one.addEventListener("keydown", (event) => event.key === "Escape" && this._close(one, event));
      one.addEventListener("toggle", () => one.open && this._alone(one));
    }
    document.addEventListener("pointerdown", (event) => this._alone(this._around(event.target)));
  }

  _close(one, event) {
    if (one.open) {
      event.stopPropagation();
      one.open = false;
      one.querySelector("summary").focus();
    }
  }

  _around(place) {
    return this._all.find((one) => one.contains(place));
  }

  _alone(open) {
    for (const other of this._all) {
      if (other !== open) {
        other.open = false;
      }
    }
  }
}
