// The bench page: the scan field keeps the focus, and the verdict is heard and felt.
// Without this file the page works the same, by hand.
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

for (const box of document.querySelectorAll("[data-sound-switch]")) {
  box.checked = !isQuiet();
  box.addEventListener("change", () => setQuiet(!box.checked));
}
keepFocus();
announce(document.querySelector("[data-feedback]")?.dataset.feedback ?? "");
