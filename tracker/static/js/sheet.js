// Another printer, sheet or design chosen: the page shows it at once, and the buttons that ask for it are not needed.
// Without this file those buttons do the same. What is typed and ticked travels along; nothing is printed.
const asked = { number: 0 };

function hideButtons(root) {
  for (const button of root.querySelectorAll('button[name="show"]')) button.hidden = true;
}

async function show(form, button) {
  const number = ++asked.number;
  const sent = new FormData(form);
  sent.set("show", button.value);
  try {
    const answer = await fetch(form.action, { method: "POST", body: sent, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector('button[name="show"]')?.form;
    // A slow answer to what was chosen before must not take the place of a newer one.
    if (!fresh || number !== asked.number) return;
    const focused = document.activeElement?.id;
    hideButtons(fresh);
    form.replaceChildren(...fresh.childNodes);
    document.getElementById(focused)?.focus();
  } catch {
    button.hidden = false; // the connection is gone: it can be asked for by hand again
  }
}

document.addEventListener("change", (event) => {
  const button = event.target.closest(".beside")?.querySelector('button[name="show"]');
  if (button && event.target.tagName === "SELECT") show(button.form, button);
});
hideButtons(document);
