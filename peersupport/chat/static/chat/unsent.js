/**
 * Asks before words that nobody has yet are lost with the page. Never when she leaves quickly (leave.js): then the
 * page goes, whatever stands in it.
 *
 *   new Unsent({room, composer});
 */
const KEEPING = new Set(["waiting", "sending", "slow", "asking", "failed"]);

export class Unsent {
  constructor({ room, composer }) {
    this._over = false;
    room.on("ended", () => { this._over = true; });
    window.addEventListener("beforeunload", (event) => {
      const leaving = document.documentElement.classList.contains("leaving");
      const words = !composer.empty || room.outbox.items.some((item) => KEEPING.has(item.state));
      if (words && !leaving && !this._over) {
        event.preventDefault();
        // What browsers from before 2024 look at.
        event.returnValue = "unsent";
      }
    });
  }
}
