// The scan field keeps the focus, what is read is kept before it is shown, the verdict is heard and felt. Without this
// file, and where the browser keeps nothing, the page works by hand.
import { announce, isQuiet, setQuiet } from "./feedback.js";

const field = document.querySelector("[data-scan-field]");

function keepFocus() {
  if (!field) return;
  field.focus({ preventScroll: true });
  // Letters typed nowhere belong to the field.
  document.addEventListener("keydown", (event) => {
    const nowhere = document.activeElement === document.body || document.activeElement === document.querySelector("main");
    if (nowhere && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) field.focus();
  });
  window.addEventListener("focus", () => {
    if (document.activeElement === document.body) field.focus({ preventScroll: true });
  });
}

// What is typed or scanned into the field is a reading like any other.
function takeTyped(event) {
  event.preventDefault();
  const raw = field.value;
  if (!raw.trim()) return;
  field.value = "";
  field.focus({ preventScroll: true });
  tell({ raw, source: "typed", at: new Date().toISOString() });
}

function tell(detail) {
  document.dispatchEvent(new CustomEvent("ricochet:read", { detail, cancelable: true }));
}

// What is read before all is fetched waits its turn.
const early = [];

function takeEarly(event) {
  event.preventDefault();
  early.push(event.detail);
}

function byHandAgain() {
  field?.form.removeEventListener("submit", takeTyped);
}

function inTurn() {
  document.removeEventListener("ricochet:read", takeEarly);
  early.splice(0).forEach(tell);
}

// Fetched by the pages that keep what they scan: others with the field have no use for them.
async function keepScans() {
  field?.form.addEventListener("submit", takeTyped);
  document.addEventListener("ricochet:read", takeEarly);
  const [, checking, { read }, modes, before, page, queue, { client }] = await Promise.all([
    import("./scan/wedge.js"), // first: a scanner may be typing already
    document.querySelector("[data-stock-check]") ? import("./scan/stock-check.js") : null,
    import("./scan/codes.js"),
    import("./scan/modes.js"),
    import("./scan/before.js"),
    import("./scan/page.js"),
    import("./scan/queue.js"),
    import("./scan/store.js"),
  ]);
  page.begin();
  checking?.begin();
  await modes.begin({ read }); // what is read before waits its turn, and has its mode then
  before.begin(modes);
  queue.begin({ read, person: page.person, mode: checking?.mode ?? modes.mode });
  inTurn();
  try {
    await client();
  } catch {
    byHandAgain(); // this browser keeps nothing: the plain form takes what is typed, as long as there is network
  }
}

for (const box of document.querySelectorAll("[data-sound-switch]")) {
  box.checked = !isQuiet();
  box.addEventListener("change", () => setQuiet(!box.checked));
}
keepFocus();
if (document.querySelector("[data-scan-page]")) {
  keepScans().catch(() => { // its files did not come: the plain form again, with what was read meanwhile
    byHandAgain();
    document.removeEventListener("ricochet:read", takeEarly);
    if (field && !field.value && early.length) field.value = early[0].raw;
  });
}
announce(document.querySelector("[data-feedback]")?.dataset.feedback ?? "");
