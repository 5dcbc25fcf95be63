// Guards every form against a second press while the first is on its way. The button stays a button
// (aria-disabled, never disabled: its name and value must travel) and says what it is doing.
function hold(event) {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("data-many-times")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const button = event.submitter;
  if (!button || !button.dataset.once) return;
  const word = button.querySelector("span");
  if (word) {
    button.dataset.word = word.textContent;
    word.textContent = button.dataset.once;
  }
  button.setAttribute("aria-disabled", "true");
}

// Coming back with the browser's arrow shows the page as it was left: set it free again.
function release() {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled][data-word]")) {
      button.querySelector("span").textContent = button.dataset.word;
      button.removeAttribute("aria-disabled");
    }
  }
}

document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) hold(event);
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) release();
});
// A form that came back with errors: take the reader to them. Where a code or a PIN is typed or scanned, the next one goes
// into its field, or it would be lost.
const faults = document.querySelector(".error-summary");
if (faults) (document.querySelector("main [data-scan-field], main [data-pin]") ?? faults).focus();
