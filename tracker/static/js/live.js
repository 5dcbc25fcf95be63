// Parts of a page marked data-live are fetched anew every few seconds. Without this file a link does it.
// Nothing is replaced while somebody is about to press what stands in it.
const EVERY_MS = 4000;

function parts(page) {
  return page.querySelectorAll("[data-live]");
}

async function look() {
  if (document.hidden) return;
  let answer;
  try {
    answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  } catch {
    return; // no network: what stands here stays
  }
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = new Map([...parts(fresh)].map((part) => [part.dataset.live, part]));
  for (const part of parts(document)) {
    const other = now.get(part.dataset.live);
    if (!other || part.contains(document.activeElement) || part.matches(":hover")) continue;
    // Tokens differ each time: what a reader sees is compared.
    if (part.textContent !== other.textContent) part.replaceChildren(...other.childNodes);
  }
}

setInterval(look, EVERY_MS);
