// The band over the scan page: what is done to each device, with its pictogram and how many came to what; or that the
// batch rests. Its words and pictures are the page's own templates.
const root = document.querySelector("[data-modes]");
const banner = root?.querySelector("[data-mode-banner]");
const rested = root?.querySelector("[data-mode-idle]");
let shown = null;

/** To who does not see the page. */
export function speak(words) {
  const place = document.querySelector("[data-said]");
  if (place) place.textContent = words;
}

/** Drawn anew at each scan: whoever stands on one of its buttons stands there afterwards, or in the field where it is gone.
 * `state`: the mode or null; `idle`: it rests; `words`: said besides; `does`: {end, undo, goOn}. */
export function show({ state, idle, words, does }) {
  const held = shown?.contains(document.activeElement) ? Object.keys(document.activeElement.dataset)[0] : null;
  shown?.remove();
  chooseBelow(state);
  shown = drawn(state, idle, words, does);
  if (!held) return;
  const same = [...(shown?.querySelectorAll("button") ?? [])].find((one) => held in one.dataset);
  (same ?? document.querySelector("[data-scan-field]"))?.focus({ preventScroll: true });
}

function drawn(state, idle, words, does) {
  if (!state) return words ? block(rested, (made) => made.querySelector("[data-mode-continue]").remove(), words) : null;
  if (idle) return block(rested, (made) => made.querySelector("[data-mode-continue]").addEventListener("click", does.goOn), idle);
  return block(banner, (made) => {
    made.querySelector("section").classList.add(`phase-${state.phase}`);
    made.querySelector("[data-mode-picture]").replaceWith(picture(state));
    made.querySelector("[data-mode-name]").textContent = state.words;
    made.querySelector("[data-mode-counts]").append(...tally(state.done));
    const more = [state.more, words].filter(Boolean).join(" · ");
    made.querySelector("[data-mode-more]").textContent = more;
    made.querySelector("[data-mode-more]").hidden = !more;
    made.querySelector("[data-mode-end]").addEventListener("click", does.end);
    made.querySelector("[data-mode-undo]").addEventListener("click", does.undo);
  });
}

// As the server chooses it: of the action, which its button bears too; else of the grade, of the place, of a look.
function picture({ action, place, values }) {
  const choice = action && document.querySelector(`[data-mode-choice] button[value="${CSS.escape(action)}"] .icon`);
  const kind = values.grade ? "grade" : place ? "place" : "look";
  return (choice || root.querySelector(`[data-mode-pictures="${kind}"]`).content.firstElementChild).cloneNode(true);
}

/** How many of the batch's scans ended how, number and words: `done` always, the others where there are any. */
function tally(counts) {
  const { done = 0, already = 0, ...rest } = counts;
  const other = Object.values(rest).reduce((sum, number) => sum + number, 0);
  const told = { countDone: done, countAlready: already, countOther: other };
  return Object.entries(told).filter(([name, number]) => number || name === "countDone").map(([name, number]) => {
    const item = document.createElement("li");
    const large = document.createElement("b");
    large.textContent = number;
    const [before, after] = root.dataset[name].split("{n}");
    item.append(before, large, after);
    return item;
  });
}

// The server's own band goes; one of a batch that rests stays, where no other mode stands here. What else could be done
// stands below what is being done, and says so.
function chooseBelow(state) {
  for (const one of document.querySelectorAll("[data-mode-here], [data-mode-hands]")) {
    one.hidden = Boolean(state) || !("idle" in one.dataset);
  }
  for (const one of document.querySelectorAll(".page-head .purpose, [data-open-batches]")) {
    one.hidden = Boolean(state); // the band says what a scan does now
  }
  const choice = document.querySelector("[data-mode-choice]");
  if (!choice) return;
  choice.querySelector("summary").textContent = root.dataset[state ? "change" : "choose"];
  if (state && root.contains(choice)) document.querySelector("main").append(choice);
}

function block(template, fill, words = "") {
  const made = template.content.cloneNode(true);
  const said = made.querySelector("[data-mode-said]");
  if (said) said.textContent = words;
  fill(made);
  const element = made.firstElementChild;
  template.after(element);
  return element;
}
