// Which of a phone's cameras: the back, and of those the main one, not the ultra-wide, the tele or the macro lens.
// A lens that a person chose is kept, by its number and by its name (some browsers give new numbers at each visit).
const KEY = "scan-lens";
const BACK = /back|rear|environment|arri[eè]re|dorsale|traseira|trasera|rück/i;
const FRONT = /front|user|selfie|facetime|avant|frontale|truedepth/i;
const OTHER = /ultra|tele|télé|macro|zoom|depth|profondeur|infra|\bir\b|virtual|mono/i;
// Apple's joined cameras change the lens by themselves when a label comes close.
const JOINED = /triple|dual wide|double grand|deux objectifs/i;
const NUMBERED = /camera2? ?(\d+)/i; // Android: "camera2 0, facing back"; the main one has the smallest number

/** How well a camera suits, by its name and what the browser tells of it; more is better. */
export function suits({ label = "", facing = "" }) {
  let points = 0;
  if (BACK.test(label) || facing === "environment") points += 100;
  if (FRONT.test(label) || facing === "user") points -= 100;
  if (JOINED.test(label)) points += 10;
  else if (OTHER.test(label)) points -= 50;
  const number = NUMBERED.exec(label);
  if (number) points -= Math.min(20, Number(number[1]));
  return points;
}

/** The cameras, best first; those that suit equally stay in the browser's order. */
export function ranked(cameras) {
  return [...cameras].sort((one, other) => suits(other) - suits(one));
}

/** Those worth going through with the button: the back ones, or all where there is none or only one. */
export function choices(cameras) {
  const back = cameras.filter((one) => suits(one) > 0);
  return back.length > 1 ? ranked(back) : ranked(cameras);
}

/** Of these, the one somebody chose before, or undefined. */
export function chosen(cameras, memory = kept()) {
  if (!memory) return undefined;
  return cameras.find((one) => one.id === memory.id) ?? cameras.find((one) => one.label && one.label === memory.label);
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

export function remember({ id, label }) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ id, label }));
  } catch { /* chosen anew on the next page */ }
}

async function cameras() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter((one) => one.kind === "videoinput").map((one) => ({
    id: one.deviceId,
    label: one.label,
    facing: one.getCapabilities?.().facingMode?.[0] ?? "",
  }));
}

function stream(which) {
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  const video = which ? { ...size, deviceId: { exact: which } } : { ...size, facingMode: { ideal: "environment" } };
  return navigator.mediaDevices.getUserMedia({ audio: false, video });
}

export function release(opened) {
  for (const track of opened?.getTracks() ?? []) track.stop();
}

/** The stream of that camera, and the cameras to choose from. Without `id`: the one chosen before, or the best. */
export async function open(id) {
  const before = chosen(await cameras())?.id; // names are hidden until a person has allowed the camera
  const first = await stream(id ?? before).catch((error) => {
    if (!["OverconstrainedError", "NotFoundError"].includes(error.name)) throw error;
    return navigator.mediaDevices.getUserMedia({ audio: false, video: true });
  });
  const all = await cameras();
  const now = first.getVideoTracks()[0].getSettings().deviceId;
  const own = id ?? chosen(all)?.id;
  const best = choices(all)[0];
  const wanted = own ?? (best && suits(best) > suits(all.find((one) => one.id === now) ?? {}) ? best.id : now);
  if (!wanted || wanted === now) return { stream: await focused(first), id: now, choices: choices(all) };
  release(first); // some phones have one camera at a time
  const better = await stream(wanted).catch(() => stream(now));
  return { stream: await focused(better), id: better.getVideoTracks()[0].getSettings().deviceId, choices: choices(all) };
}

async function focused(opened) {
  const track = opened.getVideoTracks()[0];
  if (track.getCapabilities?.().focusMode?.includes("continuous")) {
    await track.applyConstraints({ advanced: [{ focusMode: "continuous" }] }).catch(() => {});
  }
  return opened;
}

/** Whether this stream's camera has a lamp that can be lit. */
export function hasTorch(opened) {
  return Boolean(opened.getVideoTracks()[0]?.getCapabilities?.().torch);
}

export function light(opened, on) {
  return opened.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
}
