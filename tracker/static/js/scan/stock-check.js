// A stock check in the page: each reading goes the way of all scans (kept first, then sent), the lists follow by
// themselves, and the check is not closed while this browser still holds scans of it.
import * as store from "./store.js";

const CALM_MS = 700; // no verdict for so long: the lists are fetched anew
const root = document.querySelector("[data-stock-check]");
const notice = root?.querySelector("[data-check-held]");
let timer = 0;

/** What is asked of each reading, as queue.js wants it. */
export function mode() {
  return { batch: null, action: "stock_check", own: { check: root.dataset.stockCheck }, words: "", name: "stock_check" };
}

export function begin() {
  document.addEventListener("ricochet:judged", later);
  document.addEventListener("ricochet:queue", heldHere);
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-check-close] form")) close(event);
  }, true);
}

async function unsent() {
  try {
    return (await store.waiting()).filter((scan) => scan.values?.check === root.dataset.stockCheck).length;
  } catch {
    return 0; // this browser keeps nothing: nothing waits in it
  }
}

async function heldHere() {
  if (!(await unsent())) notice.hidden = true;
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(follow, CALM_MS);
}

async function follow() {
  let answer;
  try {
    answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "manual", cache: "no-store" });
  } catch {
    return; // at the next verdict
  }
  if (!answer.ok) return;
  const now = new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("[data-check-lists]");
  const here = [...document.querySelectorAll("[data-check-lists]")];
  if (now.length === here.length) here.forEach((lists, place) => renew(lists, now[place]));
}

// Who is in the lists with the keys stays there: on the same thing, else on the field.
function renew(lists, now) {
  const before = lists.contains(document.activeElement) ? document.activeElement : null;
  lists.replaceChildren(...now.childNodes);
  if (!before) return;
  const same = [...lists.querySelectorAll("a[href], button")].find((one) => leadsTo(one) === leadsTo(before));
  (same ?? document.querySelector("[data-scan-field]")).focus({ preventScroll: !same });
}

function leadsTo(one) {
  return one.href ?? one.form?.action;
}

async function close(event) {
  const form = event.target;
  if (form.dataset.mayClose) return;
  event.preventDefault();
  event.stopPropagation();
  const held = await unsent();
  if (held) {
    notice.querySelector("p").textContent = held === 1 ? root.dataset.heldOne : root.dataset.heldMany.replace("{n}", held);
    notice.hidden = false;
    return;
  }
  form.dataset.mayClose = "yes";
  form.requestSubmit();
}
