/**
 * Taking a message back, asked once and calmly: its words go for everyone and for good.
 *
 *   const takeBack = takingBack({root, room, view, wording});   root holds the template #retract
 *   takeBack({id});
 */
import { part } from "./letter.js";

export function takingBack({ root, room, view, wording }) {
  async function take(id) {
    const reply = await room.retract(id);
    if (reply.ok) {
      room.outbox.remove(id);
      view.announce(wording.say("you_retracted"));
    } else {
      view.say(id, wording.error(reply.error));
    }
  }

  return ({ id }) => {
    const asked = root.querySelector("#retract").content.firstElementChild.cloneNode(true);
    asked.addEventListener("submit", (event) => {
      event.preventDefault();
      view.closePanel();
      take(id);
    });
    part(asked, "cancel").addEventListener("click", () => view.closePanel());
    view.panel(id, asked);
  };
}
