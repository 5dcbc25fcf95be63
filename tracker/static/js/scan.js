// The bench page: the scan field keeps the focus, and the verdict is heard and felt.
// Without this file the page works the same, by hand.
const field = document.querySelector("[data-scan-field]");
const TONES = { good: [[880, 0.09], [1320, 0.14]], bad: [[220, 0.22], [165, 0.34]], already: [[660, 0.12]], unknown: [[330, 0.16], [330, 0.16]], conflict: [[220, 0.22], [330, 0.22]] };
const SHAKES = { good: [60], bad: [200, 80, 200], already: [40, 40, 40], unknown: [120, 60, 120], conflict: [200, 60, 80] };

function quiet() {
  try {
    return localStorage.getItem("scan-sound") === "off";
  } catch {
    return false;
  }
}

async function sound(kind) {
  const context = new AudioContext();
  if (context.state === "suspended") await context.resume();
  let at = context.currentTime + 0.01;
  for (const [hertz, seconds] of TONES[kind]) {
    const tone = new OscillatorNode(context, { frequency: hertz, type: kind === "bad" ? "square" : "sine" });
    const volume = new GainNode(context, { gain: 0.18 });
    volume.gain.setTargetAtTime(0, at + seconds * 0.7, 0.02);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + seconds);
    at += seconds + 0.03;
  }
}

function announce() {
  const kind = document.querySelector("[data-feedback]")?.dataset.feedback;
  if (!kind || !(kind in TONES) || quiet()) return;
  navigator.vibrate?.(SHAKES[kind]);
  sound(kind).catch(() => {}); // a browser may forbid sound before the first touch: the words remain
}

function keepFocus() {
  if (!field) return;
  field.focus({ preventScroll: true });
  // A scanner types fast and ends with Enter; letters typed nowhere belong to the field.
  document.addEventListener("keydown", (event) => {
    const nowhere = document.activeElement === document.body || document.activeElement === document.querySelector("main");
    if (nowhere && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) field.focus();
  });
  window.addEventListener("focus", () => {
    if (document.activeElement === document.body) field.focus({ preventScroll: true });
  });
}

for (const box of document.querySelectorAll("[data-sound-switch]")) {
  box.checked = !quiet();
  box.addEventListener("change", () => localStorage.setItem("scan-sound", box.checked ? "on" : "off"));
}
keepFocus();
announce();
