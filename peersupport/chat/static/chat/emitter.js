/**
 * Tells others what happened.
 *
 * Chosen over EventTarget, which phones from before 2020 cannot extend.
 *
 *   const stop = thing.on("change", (detail) => …);   stop() ends it
 *   thing.emit("change", detail);
 */
export class Emitter {
  constructor() {
    this._listeners = new Map();
  }

  /** Call `listener(detail)` whenever `name` happens. Returns a function that ends it. */
  on(name, listener) {
    if (!this._listeners.has(name)) {
      this._listeners.set(name, new Set());
    }
    this._listeners.get(name).add(listener);
    return () => this._listeners.get(name).delete(listener);
  }

  /** Tell everyone who asked for `name`. */
  emit(name, detail) {
    for (const listener of Array.from(this._listeners.get(name) || [])) {
      listener(detail);
    }
  }
}
