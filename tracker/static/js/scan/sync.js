// Sends what waits, in its order, until the server has a verdict on each. The same scan may be sent again at any time:
// its id makes that harmless. Used by pages and by the service worker.
import * as store from "./store.js";

const AT_ONCE = 50;
const LOCK = "ricochet-sync";
const PATIENCE_MS = 30_000;
const LEASE_MS = 60_000;
const NOT_TAKEN = new Set([400, 413, 422, 500]); // others pass by themselves: too many at once, a server that starts
let size = AT_ONCE;
let refusals = 0;

/** How a round ended: "sent" · "busy" · "offline" · "server" · "signed-out" · "not-allowed". `session`: who is signed in. */
export async function sync() {
  return alone(async () => {
    const session = await who();
    if (typeof session === "string") return { state: session };
    if (!session.person) return { state: "signed-out" };
    if (!session.may) return { state: "not-allowed", session };
    return { state: await all(session), session };
  });
}

/** Which scans this person may send: her own, and what a coordinator has taken on herself. */
export function isHers(scan, session) {
  return !scan.aside && (scan.person === session.person || Boolean(scan.taken && session.coordinates));
}

async function all(session) {
  for (;;) {
    const [waiting, known = {}] = await store.waitingAnd("batches");
    const sent = waiting.filter((scan) => isHers(scan, session)).slice(0, size);
    const batches = toTell(Object.values(known), sent, waiting, session);
    if (!sent.length && !batches.length) return "sent";
    const answer = await post(session, sent, batches);
    if (typeof answer === "string") return answer;
    if (answer.status === 500) {
      if (sent.length && (await stuck(sent))) continue;
      return "server";
    }
    refusals = 0;
    await told(batches, answer.body.batches ?? []);
    if (!(await settled(answer.body.verdicts, sent))) return sent.length ? "server" : "sent";
    size = AT_ONCE;
  }
}

// One scan that the server cannot take must not hold up the others: halve, find it, set it apart, say so.
async function stuck(sent) {
  if (sent.length > 1) {
    size = Math.ceil(sent.length / 2);
    return true;
  }
  refusals += 1;
  if (refusals < 3) return false;
  refusals = 0;
  await store.amend([sent[0].scan_id], { aside: "server" });
  return true;
}

async function settled(verdicts, sent) {
  const asked = new Map(sent.map((scan) => [scan.scan_id, scan.batch ?? null]));
  const judged = verdicts
    .filter((one) => asked.has(one.scan_id) && !["not_yours", "no_turn", "unreadable"].includes(one.verdict))
    .map((one) => ({ ...one, batch: asked.get(one.scan_id) }));
  const odd = verdicts.filter((one) => one.verdict === "unreadable").map((one) => one.scan_id);
  store.changed(judged); // shown before it is forgotten: a tab killed in between asks again
  if (judged.length) await store.settle(judged.map((one) => one.scan_id));
  if (odd.length) await store.amend(odd, { aside: "unreadable" });
  // At a shared bench nobody had said that she works: nobody's, until a coordinator takes them on herself.
  const nobodys = verdicts.filter((one) => one.verdict === "no_turn").map((one) => one.scan_id);
  if (nobodys.length) await store.amend(nobodys, { person: 0 });
  return judged.length + odd.length > 0;
}

// The batches that this call says something of: `store.get("batches")` is {id: {id, action, place, values, opened_at,
// closed, person, changed}}; whoever changes one there sets `changed` to a new value. One is told to be closed only when
// nothing of it waits any more.
function toTell(batches, sent, waiting, session) {
  const named = new Set(sent.map((scan) => scan.batch).filter(Boolean));
  const now = new Set(sent.map((scan) => scan.scan_id));
  const later = waiting.filter((scan) => !now.has(scan.scan_id));
  return batches
    .filter((batch) => named.has(batch.id) || (batch.changed && (batch.person ?? session.person) === session.person))
    .map((batch) => ({ batch, unsent: later.filter((scan) => scan.batch === batch.id).length }))
    .map(({ batch, unsent }) => ({ ...batch, unsent, closed: Boolean(batch.closed) && !unsent, wished: Boolean(batch.closed) }));
}

async function told(sent, answered) {
  const closed = new Set(answered.filter((batch) => batch.closed).map((batch) => batch.id));
  const over = (one) => closed.has(one.id) && one.closed;
  if (!sent.some((one) => over(one) || one.changed)) return;
  await store.change("batches", (kept = {}) => {
    for (const one of sent) {
      const now = kept[one.id];
      if (!now || now.changed !== one.changed) continue; // changed again meanwhile: told next time
      if (over(one)) delete kept[one.id];
      else if (one.closed === one.wished) now.changed = null;
    }
    return kept;
  });
}

async function post(session, scans, batches) {
  const body = {
    client: await store.client(),
    sent_at: new Date().toISOString(),
    // Calls may end in any order: the newest word on what waits here counts. A full store gives no number, and sends all the same.
    told: await store.next("told").catch(() => undefined),
    batches,
    scans: scans.map((scan) => ({
      scan_id: scan.scan_id, code: clean(scan.raw), at: scan.at, sequence: scan.sequence, mode: scan.mode, action: scan.action,
      batch: scan.batch, badge: scan.badge, values: scan.values, person: scan.person, taken: scan.taken,
    })),
  };
  const answer = await asked("/scan/sync", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": session.token },
    body: JSON.stringify(body),
  });
  if (typeof answer === "string") return answer;
  if (answer.status === 403) return "not-allowed";
  if (answer.type === "opaqueredirect" || answer.status === 401) return "signed-out";
  if (NOT_TAKEN.has(answer.status)) return { status: 500 };
  if (!answer.ok) return "server";
  try {
    return { status: 200, body: await answer.json() };
  } catch {
    return "offline"; // the answer broke off: it is asked for again
  }
}

/** Who is signed in here, by number, with the token that a change needs: a page kept for use without network has none. */
async function who() {
  const answer = await asked("/scan/session");
  if (typeof answer === "string") return answer;
  if (!answer.ok) return "server";
  try {
    return await answer.json();
  } catch {
    return "offline";
  }
}

// What no database keeps: NUL, halves of letters. A symbol may hold anything.
function clean(text) {
  const whole = text.replaceAll("\0", "");
  return whole.toWellFormed?.() ?? whole;
}

async function asked(address, options = {}) {
  try {
    return await fetch(address, {
      ...options, redirect: "manual", cache: "no-store", credentials: "same-origin", signal: patience(),
    });
  } catch {
    return "offline";
  }
}

function patience() {
  return AbortSignal.timeout?.(PATIENCE_MS);
}

/** One tab at a time, so that the order holds. */
async function alone(work) {
  if (navigator.locks) {
    return navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? work() : { state: "busy" }));
  }
  // Without HTTPS there are no locks: a lease in the store, which ends by itself. Two at once would do no harm.
  const until = (await store.get("lease")) ?? 0;
  if (until > Date.now() && until < Date.now() + LEASE_MS) return { state: "busy" };
  await store.set("lease", Date.now() + LEASE_MS);
  try {
    return await work();
  } finally {
    await store.set("lease", 0);
  }
}
