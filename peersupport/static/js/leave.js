// Leave this page: by its link, or by pressing Shift three times within five seconds.
// The page is covered at once; the link itself works without this script.

const PRESSES = 3;
const WITHIN = 5000;
const link = document.querySelector("[data-leave].leave");
let presses = 0;
let timer = 0;
let progress = null;

function leave() {
  const cover = document.createElement("div");
  cover.className = "leave-cover";
  document.body.append(cover);
  document.documentElement.classList.add("leaving");
  document.title = "…";
  // replace: Back does not lead here again.
  location.replace(link.href);
}

function forget() {
  clearTimeout(timer);
  presses = 0;
  progress?.remove();
  progress = null;
}

function show() {
  if (!progress) {
    progress = document.createElement("div");
    progress.className = "leave-progress";
    progress.setAttribute("role", "status");
    progress.append(...Array.from({ length: PRESSES }, () => document.createElement("span")));
    document.body.append(progress);
  }
  [...progress.children].forEach((dot, index) => {
    dot.className = `leave-progress-dot${index < presses ? " leave-progress-dot-on" : ""}`;
  });
}

function press(event) {
  // Shift held down, or used to write a capital, is not a wish to leave.
  if (event.key !== "Shift") {
    forget();
    return;
  }
  if (event.repeat) return;
  presses += 1;
  if (presses === PRESSES) {
    leave();
    return;
  }
  show();
  clearTimeout(timer);
  timer = setTimeout(forget, WITHIN);
}

for (const each of document.querySelectorAll("[data-leave]")) {
  each.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
}
document.addEventListener("keydown", press);

// A browser may show a kept picture of a private page on Back: ask the server instead.
addEventListener("pageshow", (event) => {
  if (event.persisted && "private" in document.body.dataset) {
    document.body.hidden = true;
    location.reload();
  }
});
