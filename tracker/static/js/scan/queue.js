// A reading is kept before anything of it is shown; then judged by its letters; then sent.
// `ricochet:read` {raw, source, at} comes in; `ricochet:kept` and `ricochet:judged` go out.
import * as store from "./store.js";
import { sync } from "./sync.js";

const BY_PAGE = "page"; // as the server calls what was typed and seen at once
export const SIGNS = { done: "good", already: "already", refused: "bad", unknown: "unknown", conflict: "conflict", elsewhere: "bad" };
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
const BUSY_MS = 400;
let line = Promise.resolve();
let running = null;
let again = false;
let failures = 0;
let timer = 0;
const asked = { mode: () => null, read: (raw) => ({ code: raw }), person: () => null };

export { newId, unsent } from "./store.js";

/** Begin. `mode()` → {batch, action, values, own, badge} or null; `read(text)` → {code} or {fault}; `person()` → a number or null. */
export function begin(more) {
  Object.assign(asked, more);
  document.addEventListener("ricochet:read", (event) => {
    if (!event.defaultPrevented) take(event.detail);
  });
  addEventListener("online", () => send());
  addEventListener("pageshow", () => send());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
  return send();
}

/** Keep a reading, in the order in which it came; the mode is that of the moment it was read. */
export function take({ raw, source, at }) {
  const mode = asked.mode();
  const scan = {
    scan_id: store.newId(),
    raw,
    at: at ?? new Date().toISOString(),
    source,
    mode: mode?.name ?? mode?.action ?? (source === "typed" ? BY_PAGE : null),
    batch: mode?.batch ?? null,
    action: mode && !mode.batch ? mode.action : null, // a batch says on the server what it does
    badge: mode?.badge ?? null,
    values: mode?.own ?? null,
    person: asked.person(),
  };
  line = line.then(() => kept(scan, mode)).catch((error) => refuse(scan, error));
  return line;
}

/** Resolves when all that was read until now is kept, or refused. */
export function allKept() {
  return line;
}

async function kept(scan, mode) {
  const numbered = await store.keep(scan);
  tell("ricochet:kept", { ...numbered, ...asked.read(scan.raw), mode });
  registerLater();
  send();
}

/** Say that this reading was not kept. */
export function refuse({ raw }, error) {
  tell("ricochet:unkept", { raw, reason: error instanceof store.Unkept ? error.reason : "none" });
}

export function tell(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

store.onChange((verdicts) => {
  for (const one of verdicts) tell("ricochet:judged", { ...one, sign: one.sign ?? SIGNS[one.verdict] });
  tell("ricochet:queue", {});
});

/** Send what waits. Resolves with how it ended; tries again by itself where it could not. */
export function send() {
  clearTimeout(timer);
  if (running) {
    again = true;
    return running;
  }
  running = round().finally(() => {
    running = null;
    if (again) {
      again = false;
      send();
    }
  });
  return running;
}

async function round() {
  let ended;
  try {
    ended = await sync();
  } catch (error) {
    ended = { state: error instanceof store.Unkept ? error.reason : "server" };
  }
  if (ended.state === "sent") failures = 0;
  if (ended.state === "busy") timer = setTimeout(send, BUSY_MS);
  else if (["offline", "server"].includes(ended.state)) later();
  tell("ricochet:sent", ended);
  return ended;
}

async function later() {
  failures += 1;
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
  if (await store.unsent().catch(() => 0)) timer = setTimeout(send, wait * (0.75 + Math.random() / 2));
}

// Where the browser can, it sends by itself when the network is back, even with the page closed.
async function registerLater() {
  try {
    const worker = await navigator.serviceWorker?.getRegistration();
    if (!navigator.onLine || failures) await worker?.sync?.register("ricochet-scans");
  } catch { /* not allowed here: the page sends when it is open */ }
}
