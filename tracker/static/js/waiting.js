// "3 scans en attente" at the foot of every page, and in its title. The scan page says how many; other pages read it.
// Signing out forgets who scanned here, never what was scanned.
const COUNT = "ricochet-waiting";
const PERSON = "ricochet-person";
const bar = document.querySelector("[data-waiting]");
const title = document.title;

function number() {
  try {
    return Number(localStorage.getItem(COUNT)) || 0;
  } catch {
    return 0;
  }
}

function show() {
  const waiting = number();
  document.title = waiting ? `(${waiting}) ${title}` : title;
  navigator.setAppBadge?.(waiting).catch(() => {});
  if (!bar) return;
  const words = waiting ? (waiting === 1 ? bar.dataset.one : bar.dataset.many.replace("{n}", waiting)) : "";
  const place = bar.querySelector("[data-waiting-words]");
  if (place.textContent !== words) place.textContent = words;
  bar.hidden = !waiting;
}

addEventListener("storage", (event) => { if (event.key === COUNT) show(); });
document.addEventListener("ricochet:waiting", show);
document.addEventListener("submit", (event) => {
  if (new URL(event.target.action, location.href).pathname !== "/logout") return;
  try {
    localStorage.removeItem(PERSON);
  } catch { /* a browser that keeps nothing has nothing to forget */ }
});
if (bar?.dataset.person) {
  try {
    localStorage.setItem(PERSON, bar.dataset.person);
  } catch { /* then a page opened without network asks whose the scans are */ }
}
show();
