// The page that tries a scanner: notes how the keys come, then lets the form say it. Without it, the form says what it can.
const form = document.querySelector("[data-scanner-test]");
const PAUSE_MS = 700;
let times = [];
let timer = 0;

function send(suffix) {
  clearTimeout(timer);
  const apart = times.length > 1 ? (times.at(-1) - times[0]) / (times.length - 1) : null;
  form.elements.suffix.value = suffix;
  form.elements.pace.value = apart === null ? "" : Math.max(1, Math.round(apart));
  form.submit();
}

function pressed(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey) return;
  if (event.key === "Enter" || event.key === "Tab") {
    if (times.length < 8 || event.shiftKey) return; // a hand's, or on the way to the next field
    event.preventDefault();
    send(event.key.toLowerCase());
  } else if (event.key.length === 1 || event.key === "Dead") {
    if (event.timeStamp - (times.at(-1) ?? 0) > PAUSE_MS) times = [];
    times.push(event.timeStamp);
    form.elements.caps.value = event.getModifierState("CapsLock") ? "on" : "off";
    clearTimeout(timer);
    if (times.length >= 8) timer = setTimeout(send, PAUSE_MS, "none");
  }
}

form?.elements.typed.addEventListener("keydown", pressed);
