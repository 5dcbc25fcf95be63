// The buttons of the camera. What opens it and reads codes is fetched when somebody is about to use it, or, on a phone
// where it was used before, when there is time: a page that is only scanned with a scanner does without.
const OPEN = "scan-camera"; // in this tab, the camera is open: a new page opens it again
const USED = "scan-camera-used"; // on this phone, it was used before

function noted(where, key) {
  try {
    return where().getItem(key);
  } catch {
    return null; // a browser that keeps nothing
  }
}

function begin(place) {
  const start = place.querySelector("[data-camera-start]");
  const photo = place.querySelector("[data-camera-photo]");
  const input = photo.querySelector("input");
  let fetched = null;
  const camera = () => {
    fetched ??= import("./camera.js").then(({ at }) => at(place)).catch(() => {
      fetched = null; // tried again at the next press
      place.querySelector('[data-camera-says="reader"]').hidden = false;
      return null;
    });
    return fetched;
  };
  start.hidden = false;
  photo.hidden = false;
  start.addEventListener("click", async () => (await camera())?.open());
  input.addEventListener("change", async () => (await camera())?.photo(input));
  for (const early of ["pointerenter", "pointerdown", "focus"]) {
    start.addEventListener(early, async () => (await camera())?.warm(), { once: true });
  }
  if (noted(() => sessionStorage, OPEN) === place.dataset.camera) camera().then((one) => one?.open());
  else if (noted(() => localStorage, USED)) (globalThis.requestIdleCallback ?? setTimeout)(async () => (await camera())?.warm());
}

for (const place of document.querySelectorAll("[data-camera]")) begin(place);
