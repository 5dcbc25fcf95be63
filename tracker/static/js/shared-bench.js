// A shared bench: the keys for the PIN, and the minutes that are left of a turn. Without this file the field takes the
// digits, and the server ends the turn all the same.
const MINUTE_MS = 60_000;

function keys() {
  const field = document.querySelector("[data-pin]");
  const pad = document.querySelector("[data-pin-keys]");
  if (!field || !pad) return;
  pad.hidden = false;
  pad.addEventListener("click", (event) => {
    const key = event.target.closest("[data-pin-key]");
    if (!key) return;
    const digit = key.dataset.pinKey;
    field.value = digit ? (field.value + digit).slice(0, field.maxLength) : field.value.slice(0, -1);
  });
}

function countDown() {
  const turn = document.querySelector("[data-turn]");
  const left = turn?.querySelector("[data-turn-left]");
  if (!left) return;
  let last = Date.now();
  const words = left.textContent;
  const minutes = Number(turn.dataset.idleMinutes);
  const show = () => {
    const rest = Math.ceil(minutes - (Date.now() - last) / MINUTE_MS);
    left.textContent = words.replace(/\d+/, String(Math.max(rest, 0)));
    // Without network the page stays: its scans bear the badge, and the server's record decides whose they are.
    if (rest <= 0 && navigator.onLine) location.assign(turn.dataset.over);
  };
  document.addEventListener("ricochet:read", () => {
    last = Date.now();
    show();
  });
  setInterval(show, MINUTE_MS / 4);
}

keys();
countDown();
