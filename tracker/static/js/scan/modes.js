// What is done to each device that is scanned: chosen by a button or a command card, kept in the browser's own store, so
// that it holds and changes without network. `mode()` → {batch, action, values, own, words, name} or null: to look up.
import * as store from "./store.js";

const root = document.querySelector("[data-modes]");
const banner = root?.querySelector("[data-mode-banner]");
const rested = root?.querySelector("[data-mode-idle]");
const cards = JSON.parse(document.getElementById("scan-cards")?.textContent ?? "{}");
const IDLE_MS = Number(root?.dataset.idleMinutes ?? 15) * 60_000;
let state = null; // {batch, action, place, values, words, more, asked, phase, seen, done: {verdict: count}, heard: [verdict and code]}
let shown = null;

export function mode() {
  if (!state || isIdle()) return null;
  return { batch: state.batch, action: state.action, values: state.values, own: null, words: state.words, name: "batch" };
}

function isIdle() {
  return Date.now() - state.seen > IDLE_MS;
}

/** Begin. `read(text)` → {code} or {fault}; a card is a reading that never becomes a scan. */
export async function begin({ read }) {
  if (!root) return;
  document.addEventListener("ricochet:read", (event) => {
    const card = cards[read(event.detail.raw).code];
    if (card && (state || !card.key.startsWith("place:"))) {
      event.preventDefault();
      event.stopImmediatePropagation();
      hear(card);
    } else if (mode()) touch();
  }, true);
  document.addEventListener("ricochet:judged", (event) => count(event.detail));
  document.addEventListener("ricochet:sent", closeWhatIsSent);
  document.querySelector("[data-mode-choice] form")?.addEventListener("submit", chosen);
  try {
    state = (await store.get("mode")) ?? null;
  } catch {
    state = null; // this browser keeps nothing: the server's own mode holds, by plain forms
    return;
  }
  adopt();
  show();
  setInterval(show, 20_000);
}

// The mode that the server holds for this session goes on here, under the same number.
async function adopt() {
  const here = root.querySelector("[data-mode-here]");
  if (!here || "idle" in here.dataset) return;
  const done = JSON.parse(here.dataset.counts);
  if (state) return state.batch === here.dataset.batch && keep({ ...state, done, heard: [] });
  const words = here.querySelector(".mode b")?.textContent.trim() ?? "";
  const more = [...here.querySelectorAll(".mode small")].map((one) => one.textContent.trim()).join(" · ");
  const phase = [...(here.querySelector(".mode")?.classList ?? [])].find((one) => one.startsWith("phase-"))?.slice(6);
  await enter({ batch: here.dataset.batch, ...JSON.parse(here.dataset.mode), words, more, phase, done });
}

async function hear(card) {
  const [kind, value] = [card.key.slice(0, card.key.indexOf(":")), card.key.slice(card.key.indexOf(":") + 1)];
  if (card.key === "scan:end") return end();
  if (card.key === "scan:undo") return undoLast();
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
  hear(card);
}

async function open(next) {
  if (state) await leave();
  await enter({ batch: store.newId(), ...next });
}

async function enter(next) {
  const at = new Date().toISOString();
  await keep({ done: {}, heard: [], ...next, seen: Date.now() });
  speak(next.words);
  const { batch, action, place, values } = next;
  if (!root.querySelector(`[data-batch="${batch}"]`)) await note(batch, { id: batch, action, place, values, opened_at: at });
}

async function keep(next) {
  state = next;
  await store.set("mode", next);
  if (next) await note(next.batch, { values: next.values });
  show();
}

async function note(id, more) {
  const all = (await store.get("batches")) ?? {};
  if (!all[id] && !more.id) return;
  all[id] = { ...all[id], ...more };
  await store.set("batches", all);
}

function touch() {
  state.seen = Date.now();
  store.set("mode", state).catch(() => {});
}

async function goOn() {
  const at = new Date().toISOString();
  await note(state.batch, { continued_at: at });
  await keep({ ...state, seen: Date.now() });
}

async function leave() {
  await note(state.batch, { closed: true });
  await keep(null);
}

async function end() {
  if (!state) return say(root.dataset.saidNone);
  const batch = state.batch;
  const held = await store.unsent(batch);
  await leave();
  if (held) say(root.dataset.saidUnsent.replace("{n}", held));
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
  const all = (await store.get("batches")) ?? {};
  delete all[batch];
  await store.set("batches", all);
  return answer.ok;
}

async function undoLast() {
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

// A code that is scanned again counts once for each of its verdicts, as on the server.
function count(one) {
  if (!state || one.batch && one.batch !== state.batch) return;
  const heard = `${one.verdict} ${one.code ?? one.sentence}`;
  state.heard ??= [];
  if (!state.heard.includes(heard)) {
    state.heard.push(heard);
    state.done[one.verdict] = (state.done[one.verdict] ?? 0) + 1;
  }
  touch();
  show();
}

function say(words) {
  show(words);
  speak(words);
}

/** To who does not see the page. */
function speak(words) {
  const place = document.querySelector("[data-said]");
  if (place) place.textContent = words;
}

// Drawn anew at each scan: whoever stands on one of its buttons stands there afterwards, or in the field where it is gone.
function show(words = "") {
  const held = shown?.contains(document.activeElement) ? Object.keys(document.activeElement.dataset)[0] : null;
  draw(words);
  if (!held) return;
  const same = [...(shown?.querySelectorAll("button") ?? [])].find((one) => held in one.dataset);
  (same ?? document.querySelector("[data-scan-field]"))?.focus({ preventScroll: true });
}

/** How many of the batch's scans ended how, number and words: `done` always, the others where there are any. */
function tally(counts) {
  const { done = 0, already = 0, ...rest } = counts;
  const other = Object.values(rest).reduce((sum, number) => sum + number, 0);
  const told = { countDone: done, countAlready: already, countOther: other };
  return Object.entries(told).filter(([name, number]) => number || name === "countDone").map(([name, number]) => {
    const item = document.createElement("li");
    const large = document.createElement("b");
    large.textContent = number;
    const [before, after] = root.dataset[name].split("{n}");
    item.append(before, large, after);
    return item;
  });
}

function draw(words) {
  shown?.remove();
  shown = null;
  for (const one of document.querySelectorAll("[data-mode-here], [data-mode-hands]")) one.hidden = true;
  for (const one of document.querySelectorAll(".page-head .purpose, [data-open-batches]")) {
    one.hidden = Boolean(state); // the banner says what a scan does now
  }
  chooseBelow();
  if (!state) {
    if (words) shown = block(rested, (made) => made.querySelector("[data-mode-continue]").remove(), words);
    return;
  }
  if (isIdle()) {
    const minutes = root.dataset.saidIdle.replace("{n}", Math.round(IDLE_MS / 60_000));
    shown = block(rested, (made) => made.querySelector("[data-mode-continue]").addEventListener("click", goOn), minutes);
    return;
  }
  shown = block(banner, (made) => {
    made.querySelector("section").classList.add(`phase-${state.phase}`);
    made.querySelector("[data-mode-name]").textContent = state.words;
    made.querySelector("[data-mode-counts]").append(...tally(state.done));
    const more = [state.more, words].filter(Boolean).join(" · ");
    made.querySelector("[data-mode-more]").textContent = more;
    made.querySelector("[data-mode-more]").hidden = !more;
    made.querySelector("[data-mode-end]").addEventListener("click", end);
    made.querySelector("[data-mode-undo]").addEventListener("click", undoLast);
  });
}

// What else could be done stands below what is being done, and says so.
function chooseBelow() {
  const choice = document.querySelector("[data-mode-choice]");
  if (!choice) return;
  choice.querySelector("summary").textContent = root.dataset[state ? "change" : "choose"];
  if (state && root.contains(choice)) document.querySelector("main").append(choice);
}

function block(template, fill, words = "") {
  const made = template.content.cloneNode(true);
  const said = made.querySelector("[data-mode-said]");
  if (said) said.textContent = words;
  fill(made);
  const element = made.firstElementChild;
  template.after(element);
  return element;
}
