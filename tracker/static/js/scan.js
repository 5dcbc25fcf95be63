// The bench page: the scan field keeps the focus, what is read is kept before it is shown, and the verdict is heard and
// felt. Without this file, and where the browser keeps nothing, the page works the same, by hand.
import { announce, isQuiet, setQuiet } from "./feedback.js";

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

// Fetched by the scan page alone: other pages with the field have no use for them.
async function keepScans() {
  const [{ read }, modes, page, queue, { client }] = await Promise.all([
    import("./scan/codes.js"),
    import("./scan/modes.js"),
    import("./scan/page.js"),
    import("./scan/queue.js"),
    import("./scan/store.js"),
    import("./scan/wedge.js"),
  ]);
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
