// How a reading and its verdict are heard and felt. Words, sign and colour stand on the page whatever happens here.
// A reading alone is a short tick; announce("good" · "bad" · "already" · "unknown" · "conflict" · "wait") is a verdict.
// A browser may forbid sound and vibration before the first touch on a page: the words remain.
const TONES = { // [hertz, seconds]…: done rises, refused falls and rasps, already is one note, unknown one note twice
  good: [[880, 0.09], [1320, 0.14]],
  bad: [[220, 0.22], [165, 0.34]],
  already: [[660, 0.12]],
  unknown: [[330, 0.16], [330, 0.16]],
  conflict: [[220, 0.22], [330, 0.22]],
  wait: [[520, 0.08], [440, 0.12]],
  tick: [[1760, 0.025]],
};
const SHAKES = { good: [60], bad: [200, 80, 200], already: [40, 40, 40], unknown: [120, 60, 120], conflict: [200, 60, 80], wait: [30], tick: [15] };
// Several verdicts at one moment sound as the gravest of them.
const GRAVEST_FIRST = ["bad", "conflict", "unknown", "wait", "already", "good", "tick"];
const TOGETHER_MS = 60;
const KEY = "scan-sound";
const CONTRAST = "scan-contrast";
let sounds = null; // the one AudioContext of the page, made at the first touch
let next = null;

function kept(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch { /* a browser that keeps nothing keeps the sound, and the usual colours */ }
}

export function isQuiet() {
  return kept(KEY) === "off";
}

export function setQuiet(quiet) {
  keep(KEY, quiet ? "off" : "on");
}

function context() {
  sounds ??= new AudioContext();
  return sounds;
}

// Phones let a page sound only after a touch, and only what was begun in that touch.
function unlock() {
  if (isQuiet()) return;
  try {
    context().resume().catch(() => {});
  } catch { /* no sound here */ }
}

async function play(kind) {
  const to = context();
  if (to.state !== "running") await to.resume();
  let at = to.currentTime + 0.01;
  for (const [hertz, seconds] of TONES[kind]) {
    const tone = new OscillatorNode(to, { frequency: hertz, type: kind === "bad" ? "square" : "sine" });
    const volume = new GainNode(to, { gain: kind === "tick" ? 0.08 : 0.18 });
    volume.gain.setTargetAtTime(0, at + seconds * 0.7, 0.02);
    tone.connect(volume).connect(to.destination);
    tone.start(at);
    tone.stop(at + seconds);
    at += seconds + 0.03;
  }
}

function sound() {
  const kind = next;
  next = null;
  // The switch silences; it does not stop the shake, which is what remains in a noisy room.
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.(calm ? SHAKES[kind].slice(0, 1) : SHAKES[kind]);
  if (!isQuiet()) play(kind).catch(() => {});
  document.dispatchEvent(new CustomEvent("ricochet:heard", { detail: { kind, quiet: isQuiet() } }));
}

export function announce(kind) {
  if (!(kind in TONES)) return;
  if (next === null) setTimeout(sound, TOGETHER_MS);
  if (next === null || GRAVEST_FIRST.indexOf(kind) < GRAVEST_FIRST.indexOf(next)) next = kind;
}

// ---- the page's switches -----------------------------------------------------------------------------------

function showContrast() {
  document.documentElement.dataset.contrast = kept(CONTRAST) === "more" ? "more" : "";
}

function pressed(button, on) {
  button.setAttribute("aria-pressed", String(on));
}

showContrast();
for (const button of document.querySelectorAll("[data-sound-button]")) {
  button.hidden = false;
  pressed(button, !isQuiet());
  button.addEventListener("click", () => {
    setQuiet(!isQuiet());
    pressed(button, !isQuiet());
    announce("already"); // so that one hears what was chosen
  });
}
for (const button of document.querySelectorAll("[data-contrast-button]")) {
  button.hidden = false;
  pressed(button, kept(CONTRAST) === "more");
  button.addEventListener("click", () => {
    keep(CONTRAST, kept(CONTRAST) === "more" ? "" : "more");
    showContrast();
    pressed(button, kept(CONTRAST) === "more");
  });
}
for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, unlock, { once: true, capture: true });
document.addEventListener("ricochet:read", () => announce("tick"));
document.addEventListener("ricochet:judged", ({ detail }) => announce(detail.sign));
document.addEventListener("ricochet:unkept", () => announce("bad"));
