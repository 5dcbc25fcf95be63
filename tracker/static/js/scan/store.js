// What was scanned, in the browser's own database, until the server has said what became of it.
// It holds codes, times, modes and numbers, of the batch that stands also the last codes with their signs; no name of a
// person or a device. Used by pages and by the service worker.
import { openDB } from "../../vendor/idb/idb.js";

const NAME = "ricochet";
// One step for each version, never changed once released: an old store is brought up to date and loses nothing.
const STEPS = [
  (db) => {
    db.createObjectStore("scans", { keyPath: "scan_id" }).createIndex("sequence", "sequence");
    db.createObjectStore("kept");
  },
];
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("ricochet-scans") : null;
let opening = null;

/** The reasons for which nothing can be kept: the page says the words of each. */
export class Unkept extends Error {
  constructor(reason, cause) {
    super(reason, { cause });
    this.reason = reason; // "full" · "newer" · "none"
  }
}

export function newId() {
  if (globalThis.crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // a page without HTTPS has no randomUUID
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function database() {
  opening ??= openDB(NAME, STEPS.length, {
    upgrade: (db, old) => STEPS.slice(old).forEach((step) => step(db)),
    blocking: (current, blocked, event) => forget(event.target), // a newer page waits: it shall not wait for us
    terminated: () => { opening = null; },
  }).catch((error) => {
    opening = null;
    throw error.name === "QuotaExceededError" ? new Unkept("full", error)
      : new Unkept(error.name === "VersionError" ? "newer" : "none", error);
  });
  return opening;
}

function forget(db) {
  opening = null;
  db.close();
}

async function written(stores, change) {
  const db = await database();
  // Strict: the browser answers when the disk holds it, so that a power cut takes nothing that was shown.
  const transaction = db.transaction(stores, "readwrite", { durability: "strict" });
  try {
    const result = await change(transaction);
    await transaction.done;
    return result;
  } catch (error) {
    transaction.done.catch(() => {});
    if (error.name === "QuotaExceededError" || transaction.error?.name === "QuotaExceededError") throw new Unkept("full", error);
    throw error instanceof Unkept ? error : new Unkept("none", error);
  }
}

/** Keep one scan under the next number of this browser; resolves when it is on the disk. Throws `Unkept`. */
export async function keep(scan) {
  const kept = await written(["scans", "kept"], async (transaction) => {
    const counters = transaction.objectStore("kept");
    const sequence = ((await counters.get("sequence")) ?? 0) + 1;
    await counters.put(sequence, "sequence");
    const numbered = { ...scan, sequence };
    await transaction.objectStore("scans").add(numbered);
    return numbered;
  });
  changed();
  return kept;
}

/** Every scan without a verdict, in the order in which they were made. */
export async function waiting() {
  return (await database()).getAllFromIndex("scans", "sequence");
}

/** The same, and what is remembered under a name, at one and the same moment. */
export async function waitingAnd(key) {
  const transaction = (await database()).transaction(["scans", "kept"]);
  return Promise.all([transaction.objectStore("scans").index("sequence").getAll(), transaction.objectStore("kept").get(key)]);
}

/** How many scans of this batch (of all, without one) still have no verdict: none of them may be unsent when it closes. */
export async function unsent(batch) {
  const all = await waiting();
  return batch ? all.filter((one) => one.batch === batch).length : all.length;
}

/** The server has said what became of these. */
export async function settle(ids) {
  await written(["scans"], (transaction) => Promise.all(ids.map((id) => transaction.store.delete(id))));
  changed();
}

/** Note something about scans that stay here: who claims them, why the server could not read one. */
export async function amend(ids, more) {
  await written(["scans"], async (transaction) => {
    for (const id of ids) {
      const scan = await transaction.store.get(id);
      if (scan) await transaction.store.put({ ...scan, ...more });
    }
  });
  changed();
}

/** Small things that a page remembers: `get("mode")`, `set("mode", {…})`. */
export async function get(key) {
  return (await database()).get("kept", key);
}

export async function set(key, value) {
  await written(["kept"], (transaction) => transaction.store.put(value, key));
}

/** Change one of them in one breath: `alter(value)` gives the new one, undefined to leave it. */
export async function change(key, alter) {
  await written(["kept"], async (transaction) => {
    const after = alter(await transaction.store.get(key));
    if (after !== undefined) await transaction.store.put(after, key);
  });
}

/** The next number of this name: each is given once. */
export async function next(name) {
  return written(["kept"], async (transaction) => {
    const number = ((await transaction.store.get(name)) ?? 0) + 1;
    await transaction.store.put(number, name);
    return number;
  });
}

/** The name of this browser towards the server, made once. */
export async function client() {
  return written(["kept"], async (transaction) => {
    const known = await transaction.store.get("client");
    if (known) return known;
    const made = newId();
    await transaction.store.put(made, "client");
    return made;
  });
}

/** Tell other tabs, and this one, that the queue changed; `verdicts` when some came. */
export function changed(verdicts = []) {
  channel?.postMessage({ verdicts });
  listeners.forEach((listener) => listener(verdicts));
}

const listeners = new Set();

export function onChange(listener) {
  listeners.add(listener);
}

channel?.addEventListener("message", (event) => listeners.forEach((listener) => listener(event.data.verdicts ?? [])));
