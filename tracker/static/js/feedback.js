// How a verdict is heard and felt: announce("good" · "bad" · "already" · "unknown" · "conflict").
// A browser may forbid sound and vibration before the first touch on a page: the words remain.
const TONES = {
  good: [[880, 0.09], [1320, 0.14]],
  bad: [[220, 0.22], [165, 0.34]],
  already: [[660, 0.12]],
  unknown: [[330, 0.16], [330, 0.16]],
  conflict: [[220, 0.22], [330, 0.22]],
};
const SHAKES = { good: [60], bad: [200, 80, 200], already: [40, 40, 40], unknown: [120, 60, 120], conflict: [200, 60, 80] };
const KEY = "scan-sound";

export function isQuiet() {
  try {
    return localStorage.getItem(KEY) === "off";
  } catch {
    return false;
  }
}

export function setQuiet(quiet) {
  try {
    localStorage.setItem(KEY, quiet ? "off" : "on");
  } catch { /* a browser that keeps nothing keeps the sound */ }
}

async function play(kind) {
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
  setTimeout(() => context.close(), 1500);
}

export function announce(kind) {
  if (!(kind in TONES) || isQuiet()) return;
  if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.(SHAKES[kind]);
  play(kind).catch(() => {});
}
