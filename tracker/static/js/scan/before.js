// What the batch had scanned before this page was opened: at once what this browser knows of it, which is codes and signs
// alone; with network as the batch's own page has it, with names and what was answered.
import { MOST_ROWS, block, filled } from "./page.js";
import { SIGNS } from "./queue.js";

const root = document.querySelector("[data-modes]");
const list = document.querySelector("[data-before]");
const shownApart = new URLSearchParams(location.search).get("done"); // its verdict stands on the page by itself

/** `modes`: its `standing()` and `know()`. */
export async function begin({ standing, know }) {
  const { batch, scanned } = standing() ?? {};
  if (!list || !batch) return;
  const isDrawn = list.dataset.before === batch; // by the server
  if (!isDrawn) draw(batch, scanned);
  if (!navigator.onLine || !(isDrawn || scanned.length)) return; // nothing of it is known there yet
  const told = await asked(batch);
  if (!told || standing()?.batch !== batch) return;
  draw(batch, told);
  know(batch, told.map(({ scan_id, code, sign, times }) => ({ scan_id, code, sign, times })));
}

// What was scanned since stands above, in the page's own list.
function draw(batch, rows) {
  const above = [...document.querySelectorAll("[data-scans] > li")];
  const isAbove = (one) => above.some(({ dataset }) => dataset.scan === one.scan_id || dataset.key === keyOf(one, batch));
  const left = rows.filter((one) => one.scan_id !== shownApart && !isAbove(one)).slice(0, MOST_ROWS - above.length);
  list.replaceChildren(...left.map((one) => row(one, batch)));
}

function keyOf({ code, read = code ?? "" }, batch) {
  return `${read} ${batch}`;
}

function row(one, batch) {
  const { scan_id, code, sign, times, read = "", name = "", text = "" } = one;
  const item = document.createElement("li");
  Object.assign(item.dataset, { scan: scan_id, key: keyOf(one, batch), times });
  return filled(item, block(sign, { about: name || (code ? "" : read.slice(-40)), code: code ?? "", text }));
}

async function asked(batch) {
  try {
    const answer = await fetch(`${root.dataset.batches}/${batch}`, { headers: { Accept: "text/html" }, redirect: "manual", cache: "no-store" });
    return answer.ok ? read(new DOMParser().parseFromString(await answer.text(), "text/html")) : null;
  } catch {
    return null; // what this browser knows stands
  }
}

/** Of the page of a batch, which sorts by what became of them: the newest first, each code once, with how often it was read. */
function read(page) {
  const once = new Map();
  const all = [...page.querySelectorAll(".batch-scans [data-scan]")].sort((one, other) => other.dataset.order - one.dataset.order);
  for (const one of all) {
    const { dataset } = one;
    const times = Number(dataset.often);
    const known = once.get(dataset.read);
    if (known) known.times += times;
    else once.set(dataset.read, {
      scan_id: dataset.scan, code: dataset.code || null, read: dataset.read, name: dataset.name, times,
      sign: "look" in dataset ? "info" : SIGNS[dataset.verdict], text: one.querySelector("p")?.textContent ?? "",
    });
  }
  return [...once.values()];
}
