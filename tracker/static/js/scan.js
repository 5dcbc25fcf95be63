// The bench page: the scan field keeps the focus, what is read is kept before it is shown, and the verdict is heard and
// felt. Without this file, and where the browser keeps nothing, the page works the same, by hand.
import { announce, isQuiet, setQuiet } from "./feedback.js";
import { read } from "./scan/codes.js";
import * as modes from "./scan/modes.js";
import * as page from "./scan/page.js";
import * as queue from "./scan/queue.js";
import { client } from "./scan/store.js";
import "./scan/wedge.js";

const field = document.querySelector("[data-scan-field]");

function keepFocus() {
  if (!field) return;
  field.focus({ preventScroll: true });
  // A scanner types fast and ends with Enter; letters typed nowhere belong to the field.
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
  const detail = { raw, source: "typed", at: new Date().toISOString() };
  document.dispatchEvent(new CustomEvent("ricochet:read", { detail, cancelable: true }));
}

async function keepScans() {
  page.begin();
  modes.begin({ read });
  queue.begin({ read, person: page.person, mode: modes.mode });
  field?.form.addEventListener("submit", takeTyped);
  try {
    await client();
  } catch {
    // This browser keeps nothing: the plain form takes what is typed, as long as there is network.
    field?.form.removeEventListener("submit", takeTyped);
  }
}

for (const box of document.querySelectorAll("[data-sound-switch]")) {
  box.checked = !isQuiet();
  box.addEventListener("change", () => setQuiet(!box.checked));
}
keepFocus();
if (document.querySelector("[data-scan-page]")) keepScans();
announce(document.querySelector("[data-feedback]")?.dataset.feedback ?? "");
