// What is done to each device that is scanned: chosen by a button or a command card, kept in the browser's own store, so
// that it holds and changes without network. `mode()` → {batch, action, values, own, words, name} or null: to look up.
//
// What is read is judged in its order, in the mode that stood then. So nothing is read here before the page knows its mode
// (scan.js holds it until then), and what is read while a card changes the mode waits until that is written down.
import { show as showBanner, speak } from "./banner.js";
import { allKept, refuse } from "./queue.js";
import * as store from "./store.js";

const root = document.querySelector("[data-modes]");
const cards = JSON.parse(document.getElementById("scan-cards")?.textContent ?? "{}");
const IDLE_MS = Number(root?.dataset.idleMinutes ?? 15) * 60_000;
const MOST_KEPT = 50; // of what was scanned last: as many as the page shows
// {batch, action, place, values, words, more, asked, phase, seen, beside, done: {verdict: count}, heard: [verdict and code],
// scanned: [{scan_id, code, sign, times}], the newest first}; `beside`: the server's own batch, over which this one was begun
let state = null;
let line = Promise.resolve(); // the changes of the mode, one after the other
let changing = 0;
const held = [];
const since = new Set(); // what was judged since this page was opened

export function mode() {
  if (!state || isIdle()) return null;
  return { batch: state.batch, action: state.action, values: state.values, own: null, words: state.words, name: "batch" };
}

/** The batch that stands here, and what it scanned last; null without one. */
export function standing() {
  return state && { batch: state.batch, scanned: state.scanned ?? [] };
}

/** What the server says that this batch scanned: it knows what was taken back, and what another page sent. */
export function know(batch, told) {
  if (state?.batch !== batch) return;
  const news = state.scanned?.filter((one) => since.has(one.scan_id)) ?? [];
  const isNew = (one) => news.some(({ scan_id, code }) => scan_id === one.scan_id || (code && code === one.code));
  state.scanned = [...news, ...told.filter((one) => !isNew(one))].slice(0, MOST_KEPT);
  touch(state.seen);
}

function isIdle() {
  return Date.now() - state.seen > IDLE_MS;
}

/** Begin: resolves when the page knows its mode. `read(text)` → {code} or {fault}; a card is a reading that never becomes a scan. */
export async function begin({ read }) {
  if (!root) return;
  try {
    state = (await store.get("mode")) ?? null;
  } catch {
    return; // this browser keeps nothing: the server's own mode holds, by plain forms
  }
  await adopt().catch((error) => refuse({ raw: "" }, error)); // a store that is full: then what stands is what is shown
  document.addEventListener("ricochet:read", (event) => hears(event, read), true);
  document.addEventListener("ricochet:judged", (event) => count(event.detail));
  document.addEventListener("ricochet:sent", closeWhatIsSent);
  document.querySelector("[data-mode-choice] form")?.addEventListener("submit", chosen);
  show();
  setInterval(show, 20_000);
}

function hears(event, read) {
  const { detail } = event;
  const card = cards[read(detail.raw).code];
  const isOurs = card && (state || !card.key.startsWith("place:"));
  if (!changing && !isOurs) return mode() && touch();
  event.preventDefault();
  event.stopImmediatePropagation();
  if (changing) held.push(detail);
  else hear(card).catch((error) => refuse(detail, error));
}

/** Change the mode after what changes it already; what is read until then follows. */
function inTurn(change) {
  changing += 1;
  const changed = line.then(change);
  line = changed.catch(() => {}).then(() => {
    changing -= 1;
    while (held.length && !changing) {
      document.dispatchEvent(new CustomEvent("ricochet:read", { detail: held.shift(), cancelable: true }));
    }
  });
  return changed;
}

// The mode that the server holds for this session goes on here, under the same number, unless a card has changed it since.
async function adopt() {
  const here = root.querySelector("[data-mode-here]");
  if (!here || "idle" in here.dataset) return;
  const { batch } = here.dataset;
  const done = JSON.parse(here.dataset.counts);
  if (state?.batch === batch) return keep({ ...state, done, heard: [] });
  if (state && [batch, undefined].includes(state.beside)) return;
  if ((await store.get("batches"))?.[batch]?.closed) return; // ended here, and not there yet
  if (state) await leave();
  const words = here.querySelector(".mode b")?.textContent.trim() ?? "";
  const more = [...here.querySelectorAll(".mode small")].map((one) => one.textContent.trim()).join(" · ");
  const phase = [...(here.querySelector(".mode")?.classList ?? [])].find((one) => one.startsWith("phase-"))?.slice(6);
  await enter({ batch, ...JSON.parse(here.dataset.mode), words, more, phase, done });
}

async function hear(card) {
  if (card.key === "scan:end") return end();
  if (card.key === "scan:undo") return undoLast();
  return inTurn(() => change(card));
}

async function change(card) {
  const [kind, value] = [card.key.slice(0, card.key.indexOf(":")), card.key.slice(card.key.indexOf(":") + 1)];
  if (card.lacks.length) return ask(value);
  if (kind === "do") {
    const shelf = cards[state?.place]?.name; // the place stays, and is said
    return open({ action: value, place: state?.place ?? null, values: {}, words: shelf ? `${card.name} → ${shelf}` : card.name, phase: card.phase });
  }
  if (kind === "place" && state.asked) return ask(state.action, value);
  if (kind === "place") return open({ ...plain(), place: value, words: `${state.words} → ${card.name}` });
  if (kind === "grade" && !state) return open({ action: null, place: null, values: { grade: value }, words: card.name, phase: card.phase });
  if (!state) return say(root.dataset.saidNone);
  const known = state.values[kind];
  const values = { ...state.values, [kind]: value };
  const words = known ? state.words : `${state.words} · ${card.name}`;
  if (known && known !== value) return open({ ...plain(), values, words: card.name });
  return keep({ ...state, values, words, seen: Date.now() });
}

function plain() {
  const { action, place, values, words, phase } = state;
  return { action, place, values, words, phase };
}

// A mode that asks something first does so on a page of its own.
function ask(action, place = "") {
  if (!navigator.onLine) return say(root.dataset.saidNeed);
  location.assign(`${root.dataset.ask}?${new URLSearchParams({ action, place })}`);
}

function chosen(event) {
  const card = Object.values(cards).find((one) => one.key === `do:${event.submitter?.value}`);
  const collection = event.target.elements.collection?.value.trim();
  if (!card || card.lacks.length || collection) return; // the server asks and opens it
  event.preventDefault();
  event.target.closest("details").open = false;
  document.querySelector("[data-scan-field]")?.focus();
  hear(card).catch((error) => refuse({ raw: "" }, error));
}

async function open(next) {
  if (state) await leave();
  await enter({ batch: store.newId(), ...next });
}

async function enter(next) {
  const { batch, action, place, values } = next;
  const beside = root.querySelector("[data-mode-here]")?.dataset.batch ?? null;
  // Known before anything is scanned into it.
  if (batch !== beside) await note(batch, { id: batch, action, place, values, opened_at: new Date().toISOString() });
  await keep({ done: {}, heard: [], scanned: [], beside, ...next, seen: Date.now() });
  speak(next.words);
}

async function keep(next) {
  const before = state;
  state = next;
  try {
    await store.set("mode", next);
  } catch (error) {
    state = before;
    throw error;
  }
  if (next) await note(next.batch, { values: next.values });
  show();
}

async function note(id, more) {
  await store.change("batches", (all = {}) => (all[id] || more.id ? { ...all, [id]: { ...all[id], ...more } } : undefined));
}

function touch(seen = Date.now()) {
  state.seen = seen;
  store.set("mode", state).catch(() => {});
}

async function goOn() {
  if (!state) return;
  await note(state.batch, { continued_at: new Date().toISOString() });
  await keep({ ...state, seen: Date.now() });
}

/** Back to looking up; gives the batch that was left. The server's own is noted here too, or nobody would close it. */
async function leave() {
  const batch = state?.batch;
  if (!batch) return null;
  await keep(null);
  await allKept(); // what was read just before the end is of the batch, and is sent before it is said to be closed
  await note(batch, { id: batch, closed: true });
  return batch;
}

async function end() {
  const batch = await inTurn(leave);
  if (!batch) return say(root.dataset.saidNone);
  const waiting = await store.unsent(batch);
  if (waiting) say(root.dataset.saidUnsent.replace("{n}", waiting));
  if (await close(batch)) location.assign(`${root.dataset.batches}/${batch}`);
}

// Closed on the server once nothing of it waits here; one that never had a scan there is nothing to close.
async function closeWhatIsSent() {
  const all = (await store.get("batches").catch(() => null)) ?? {};
  for (const one of Object.values(all)) if (one.closed) await close(one.id);
}

async function close(batch) {
  if (await store.unsent(batch)) return false;
  const answer = await post(`${batch}/close`);
  if (!answer || (!answer.ok && answer.status !== 404)) return false;
  await store.change("batches", ({ [batch]: over, ...others } = {}) => others);
  return answer.ok;
}

async function undoLast() {
  await allKept();
  if (!state) return say(root.dataset.saidNone);
  if (await store.unsent(state.batch)) return say(root.dataset.saidUndo);
  if (!(await post(`${state.batch}/continue`))?.ok) return say(root.dataset.saidUndo);
  const answer = await post(`${state.batch}/undo-last`);
  if (answer?.ok) location.assign(answer.url);
}

async function post(path) {
  try {
    const who = await (await fetch("/scan/session", { cache: "no-store" })).json();
    const body = new URLSearchParams({ csrf_token: who.token, client: path.endsWith("/continue") ? "" : await store.client() });
    return await fetch(`${root.dataset.batches}/${path}`, { method: "POST", body, credentials: "same-origin" });
  } catch {
    return null;
  }
}

// Of a text that is no code of ours, which may be anything: enough to know it again, and not the text.
function trace(text) {
  return [...text].reduce((sum, sign) => (sum * 31 + sign.codePointAt(0)) | 0, 7);
}

// A code that is scanned again counts once for each of its verdicts, as on the server. What is kept of it names nobody.
function count({ scan_id, batch = state?.batch, verdict, sign, code = null, sentence }) {
  if (!state || !scan_id || batch !== state.batch) return;
  const heard = `${verdict} ${code ?? trace(sentence)}`;
  state.heard ??= [];
  if (!state.heard.includes(heard)) {
    state.heard.push(heard);
    state.done[verdict] = (state.done[verdict] ?? 0) + 1;
  }
  since.add(scan_id);
  const { scanned = [] } = state;
  const times = 1 + (scanned.find((one) => code && one.code === code)?.times ?? 0);
  const others = scanned.filter((one) => one.scan_id !== scan_id && (!code || one.code !== code));
  state.scanned = [{ scan_id, code, sign, times }, ...others].slice(0, MOST_KEPT);
  touch();
  show();
}

function say(words) {
  show(words);
  speak(words);
}

function show(words = "") {
  const idle = state && isIdle() ? root.dataset.saidIdle.replace("{n}", Math.round(IDLE_MS / 60_000)) : "";
  showBanner({ state, idle, words, does: { end, undo: undoLast, goOn: () => inTurn(goOn) } });
}
