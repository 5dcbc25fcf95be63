// What the scan page shows: each reading as soon as it is kept, its verdict when the server has given one, how many still
// wait, and what stands in the way of sending them. "Done" is said by the server alone.
import * as store from "./store.js";
import { isHers } from "./sync.js";
import { send, tell } from "./queue.js";
import { read } from "./codes.js";

const COUNT = "ricochet-waiting";
const PERSON = "ricochet-person";
export const MOST_ROWS = 50;
const words = JSON.parse(document.querySelector("#scan-words")?.textContent ?? "{}");
const list = document.querySelector("[data-scans]");
const notices = document.querySelector("[data-notices]");
const said = document.querySelector("[data-said]");
const found = document.querySelector("[data-found]");
const isShell = Boolean(document.querySelector("[data-scan-page][data-shell]"));
let latest = null; // the last reading of this tab, as long as nothing was read after it
let session = null;

/** The number of who scans here: of this page where it came from the server, else of the last one that did. */
export function person() {
  try {
    const known = document.querySelector("[data-waiting]")?.dataset.person ?? (isShell ? localStorage.getItem(PERSON) : null);
    return known ? Number(known) : null;
  } catch {
    return null;
  }
}

export function begin() {
  document.addEventListener("ricochet:kept", ({ detail }) => showKept(detail));
  document.addEventListener("ricochet:unkept", ({ detail }) => showUnkept(detail));
  document.addEventListener("ricochet:judged", ({ detail }) => showVerdict(detail));
  document.addEventListener("ricochet:queue", count);
  document.addEventListener("ricochet:sent", ({ detail }) => ended(detail));
  document.addEventListener("keydown", escape);
  restore();
  count();
  noWorker();
}

export function block(kind, { about = "", code = "", text = "" }) {
  const template = document.querySelector(`template[data-verdict="${kind}"]`) ?? document.querySelector('template[data-verdict="info"]');
  const made = template.content.firstElementChild.cloneNode(true);
  const inside = made.lastElementChild;
  if (about) inside.querySelector(".verdict-head").append(` ${about}`);
  if (code) inside.append(line(element("span", "code code-large", `${code.slice(0, 4)}-${code.slice(4)}`)));
  if (text) inside.append(line(text));
  return made;
}

function line(...parts) {
  const made = document.createElement("p");
  made.append(...parts);
  return made;
}

function element(name, style, text) {
  const made = document.createElement(name);
  made.className = style;
  made.textContent = text;
  return made;
}

// Escape folds what stands open around the keys, and leads back to the field from anywhere else.
function escape(event) {
  const field = document.querySelector("[data-scan-field]");
  if (event.key !== "Escape" || event.defaultPrevented || !field) return;
  const open = document.activeElement?.closest("details[open]");
  if (open) open.open = false;
  (open?.querySelector("summary") ?? field).focus();
}

// ---- one code, one row ---------------------------------------------------------------------------------
// The same code again goes into its row, which says how many times and what the last time came to.

function row(id) {
  return document.querySelector(`.scanned > [data-scan="${CSS.escape(id)}"]`);
}

function put(id, made, key = "") {
  filled(row(id) ?? begun(id, key), made);
  while (list.children.length > MOST_ROWS) list.lastElementChild.remove();
}

export function filled(item, made) {
  const times = Number(item.dataset.times);
  if (times > 1) made.querySelector(".verdict-head").append(" ", element("span", "times", words.times.replace("{n}", times)));
  item.replaceChildren(made);
  return item;
}

function begun(id, key) {
  const same = [...document.querySelectorAll(".scanned > li")].find((one) => key && one.dataset.key === key);
  const item = same ?? document.createElement("li");
  Object.assign(item.dataset, { scan: id, key, times: Number(item.dataset.times ?? 0) + 1 });
  list.prepend(item);
  return item;
}

function keyOf({ code, raw, batch, action }) {
  return [code ?? raw.trim(), batch ?? action ?? ""].join(" ");
}

function showKept(scan) {
  latest = scan;
  row("unkept")?.remove();
  found?.replaceChildren(); // what stood here is not what was just scanned
  navigator.storage?.persist?.().catch(() => {});
  const fault = scan.fault && (words[`fault_${scan.fault}`] ?? words.fault_other);
  const made = block(fault ? "unknown" : "kept", {
    code: scan.code ?? "", about: fault ? scan.raw.slice(-40) : "", text: fault ?? (navigator.onLine ? words.kept_sending : words.kept),
  });
  put(scan.scan_id, made, keyOf(scan));
  if (fault || !navigator.onLine) speak(made); // else its verdict comes in a moment
}

function showUnkept({ raw, reason }) {
  const text = words[`unkept_${reason === "none" && keptBefore() ? "full" : reason}`] ?? words.unkept_none;
  const made = block("unkept", { about: raw.slice(-40), text });
  put("unkept", made);
  speak(made);
  list.prepend(row("unkept"));
  notices.querySelector('[data-notice="offline"]')?.remove(); // it says that all is kept
  const field = document.querySelector("[data-scan-page]") && document.querySelector("[data-scan-field]");
  if (field && !field.value) field.value = raw;
  tell("ricochet:judged", { scan_id: "", verdict: "unkept", sign: "bad", sentence: text });
}

// A browser whose store was read before keeps things: where it cannot now, its disk is full, whatever it calls that.
function keptBefore() {
  try {
    return localStorage.getItem(COUNT) !== null;
  } catch {
    return false;
  }
}

function showVerdict(one) {
  if (!one.scan_id || !row(one.scan_id)) return;
  const made = block(one.sign, { about: one.name ?? "", code: one.code ?? "", text: one.sentence });
  put(one.scan_id, made);
  speak(made);
  if (latest?.scan_id === one.scan_id && !latest.batch && !latest.action) lookAt(one);
}

// The latest, to who does not see the page; the rows themselves say nothing by themselves.
function speak(made) {
  said.textContent = [...made.querySelectorAll("p")].map((part) => part.textContent.trim()).join(" ");
}

// ---- a look: the device and its next step, in place, so that no key typed meanwhile is lost ----------------

async function lookAt(one) {
  if (one.free) return location.assign(one.address);
  const isDevice = one.verdict === "done" && one.stage;
  const address = isDevice ? `/scan?code=${encodeURIComponent(one.code)}` : `/scan?done=${encodeURIComponent(one.scan_id)}`;
  let answer;
  try {
    answer = await fetch(address, { headers: { Accept: "text/html" }, redirect: "manual" });
  } catch {
    return; // the verdict stands in its row
  }
  if (!answer.ok || latest?.scan_id !== one.scan_id) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const panel = page.querySelector("[data-found]");
  if (!panel?.children.length || latest?.scan_id !== one.scan_id) return;
  found.replaceChildren(...panel.childNodes);
  document.querySelector("[data-scan-tools]")?.before(found); // what to do with it comes first
  document.activeElement?.scrollIntoView({ block: "nearest" }); // and takes nobody's place from under her keys
  row(one.scan_id)?.remove();
  history.pushState(null, "", address);
}

addEventListener("popstate", () => location.reload());

// ---- what waits --------------------------------------------------------------------------------------------

async function restore() {
  try {
    for (const scan of (await store.waiting()).slice(-MOST_ROWS)) {
      const { code = "" } = read(scan.raw);
      const about = code ? "" : scan.raw.slice(-40);
      if (!row(scan.scan_id)) put(scan.scan_id, block("kept", { about, code, text: words.kept }), keyOf({ ...scan, code: code || null }));
    }
  } catch { /* said when something is scanned */ }
}

async function count() {
  let waiting = [];
  try {
    waiting = await store.waiting();
    localStorage.setItem(COUNT, waiting.length);
  } catch { /* the rows remain */ }
  tell("ricochet:waiting", { number: waiting.length });
  explain(waiting);
}

let state = "";

function ended(detail) {
  state = detail.state;
  if (detail.session) session = detail.session;
  if (state === "signed-out") session = null;
  if (isShell && session?.may) rememberPerson();
  count();
}

function rememberPerson() {
  try {
    localStorage.setItem(PERSON, session.person);
  } catch { /* asked for each time then */ }
}

// Each thing that stands in the way, once, with the button that removes it.
function explain(waiting) {
  const said = [];
  const aside = waiting.filter((scan) => scan.aside);
  const nobodys = waiting.filter((scan) => !scan.aside && scan.person === null);
  const others = session ? waiting.filter((scan) => !scan.aside && scan.person !== null && !isHers(scan, session)) : [];
  const nobody = state === "signed-out";
  if (nobody) said.push(notice("signed_out", waiting.length, link("/login?next=/scan", words.sign_in)));
  if (state === "not-allowed") said.push(notice("not_allowed", waiting.length));
  if (state === "offline" && !row("unkept")) said.push(["offline", block("wait", { text: words.offline })]);
  if (session?.may && nobodys.length) said.push(notice("nobody", nobodys.length, amending(words.claim, nobodys, { person: session.person })));
  if (session?.may && others.length) {
    said.push(notice("others", others.length, session.coordinates ? amending(words.take, others, { taken: true }) : null));
  }
  if (aside.length) said.push(notice("aside", aside.length, amending(words.again, aside, { aside: null })));
  const now = new Set(said.map(([key]) => key));
  for (const old of [...notices.children]) if (!now.has(old.dataset.notice)) old.remove();
  for (const [key, made] of said) {
    made.dataset.notice = key;
    const old = notices.querySelector(`[data-notice="${key}"]`);
    if (!old) notices.append(made);
    else if (old.textContent !== made.textContent) old.replaceWith(made);
  }
}

function notice(key, n, action = null) {
  const chosen = words[`${key}_${n === 0 ? "none" : n === 1 ? "one" : "many"}`] ?? words[`${key}_many`] ?? words[key];
  const made = block("wait", { text: chosen.replace("{n}", n) });
  if (action) made.lastElementChild.append(line(action));
  return [key, made];
}

function link(address, text) {
  const made = element("a", "quiet", text);
  made.href = address;
  return made;
}

function amending(text, scans, more) {
  const made = element("button", "quiet", text);
  made.type = "button";
  made.addEventListener("click", async () => {
    await store.amend(scans.map((scan) => scan.scan_id), more);
    send();
  });
  return made;
}

// ---- opening without network -------------------------------------------------------------------------------

async function noWorker() {
  if (!isSecureContext || !("serviceWorker" in navigator)) {
    const place = document.querySelector("[data-scan-page]");
    const made = block("info", { text: words.no_worker });
    if (place.dataset.help) made.lastElementChild.append(line(link(place.dataset.help, words.no_worker_link)));
    found.after(made);
    return;
  }
  try {
    await navigator.serviceWorker.register("/service-worker.js?module", { type: "module", updateViaCache: "none" })
      .catch(() => navigator.serviceWorker.register("/service-worker.js", { updateViaCache: "none" }));
    if (!isShell && person()) await keepPage();
  } catch { /* the browser forbids it: the page works as long as it is open */ }
}

// The page to open without network, in this visitor's language and without her: fetched anew at each visit.
async function keepPage() {
  const answer = await fetch("/scan/shell", { headers: { Accept: "text/html" }, redirect: "manual", cache: "no-store" });
  if (answer.ok) await (await caches.open("ricochet-page")).put("/scan/shell", answer);
}
