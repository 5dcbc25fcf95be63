// The picture of a sheet or roll while its measures are typed: drawn by the server, which judges them too.
// Without this file the form has a button that shows the same.
const form = document.querySelector("[data-medium-form]");
const place = document.querySelector("[data-medium-preview]");
let waiting = 0;
let asked = 0;

function arrange() {
  const roll = form.elements.kind.value === "roll";
  form.querySelector("[data-on-a-sheet]").hidden = roll;
  form.querySelector("[data-other-page]").hidden = form.elements.page.value !== "other";
}

async function show() {
  const sent = new FormData(form);
  for (const name of ["csrf_token", "form_token"]) sent.delete(name);
  const number = ++asked;
  try {
    const answer = await fetch(`${form.dataset.preview}?${new URLSearchParams(sent)}`, { credentials: "same-origin" });
    const text = await answer.text();
    // A slow answer to what was typed before must not take the place of a newer one.
    if (answer.ok && number === asked) place.innerHTML = text;
  } catch {
    // The connection is gone: the button and the server's own check remain.
  }
}

form.querySelector("[data-show]").hidden = true;
form.addEventListener("input", () => {
  arrange();
  clearTimeout(waiting);
  waiting = setTimeout(show, 250);
});
arrange();
