// A scanner types like a keyboard. Wherever the keys go, a code that was typed as only a machine types is taken out of
// there again and reported; whatever else was typed stays, and Enter and Tab keep their meaning for it.
// Fields that want a code themselves say so with data-wedge-leave. Words: the page's [data-wedge] block.
import { isValid, read } from "./codes.js";

const APART_MS = 300; // keys further apart do not belong together
const PAUSE_MS = 160; // a scanner without Enter or Tab has ended
const ADDRESS_MS = 120; // between two keys at most, on the average: nobody types an address by hand in a field of names
const LETTERS_MS = 45; // 8 letters alone could be a word: only a machine is that fast
const AFTER_MS = 400; // an Enter, a Tab, a line feed that come after the scan was taken are the scanner's
const LETTERS = "BCDFGHJKLNPRSTVX";
const WITHOUT_TEXT = new Set(["checkbox", "radio", "button", "submit", "reset", "file", "image", "range", "color"]);

const words = document.querySelector("[data-wedge]");
const scanField = document.querySelector("[data-scan-field]");
let burst = null;
let timer = 0;
let taken = -AFTER_MS;

function writes(element) {
  if (element instanceof HTMLTextAreaElement) return !element.readOnly && !element.disabled;
  return element instanceof HTMLInputElement && !WITHOUT_TEXT.has(element.type) && !element.readOnly;
}

function isLeft(element) {
  return element.isContentEditable || element.type === "password" || element.closest?.("[data-wedge-leave]");
}

function asItStands(element) {
  if (element instanceof HTMLSelectElement) return { chosen: element.selectedIndex };
  if (!writes(element)) return {};
  let start = null;
  let end = null;
  try {
    ({ selectionStart: start, selectionEnd: end } = element);
  } catch { /* a field of numbers has no caret to ask for */ }
  return { value: element.value, start, end };
}

function inserted({ target, before }) {
  if (before.start === null || before.value === undefined) return "";
  const head = before.value.slice(0, before.start);
  const tail = before.value.slice(before.end);
  const { value } = target;
  const kept = value.length >= head.length + tail.length && value.startsWith(head) && value.endsWith(tail);
  return kept ? value.slice(head.length, value.length - tail.length) : null;
}

function putBack({ target, before }) {
  if (before.chosen !== undefined) {
    target.selectedIndex = before.chosen;
    target.dispatchEvent(new Event("change", { bubbles: true }));
  }
  if (before.value === undefined || target.value === before.value) return;
  target.value = before.value;
  if (before.start !== null) target.setSelectionRange(before.start, before.end);
  target.dispatchEvent(new Event("input", { bubbles: true }));
}

/** The readings in what was typed: two scans without Enter between them come as one text. */
export function readings(text) {
  const parts = text.split(/(?=https?)/i).filter((part) => part.length > 3);
  if (parts.length > 1 && parts.slice(1).every((part) => read(part).code)) {
    // What names the symbology of the next code stands at the end of this one.
    const clean = parts.map((part) => (read(part).code ? part : part.replace(/[^a-z]{0,2}[cdqazwy][^a-z]$/i, "")));
    if (clean.filter((part) => part.length > 3).every((part) => read(part).code)) return clean.filter((part) => part.length > 3);
  }
  const halves = [text.slice(0, 8), text.slice(8)];
  if (text.length === 16 && halves.every((half) => isValid(half.toUpperCase()))) return halves;
  return read(text).code ? [text] : [];
}

/** What the keys themselves say, by their places on a board: the letters of a scanner set to QWERTY, AZERTY or QWERTZ. */
function byPlace({ keys }) {
  const letters = keys.filter((key) => /^Key[A-Z]$/.test(key.code));
  const moved = letters.some(({ key, code }) => LETTERS.includes(code[3]) && key.toUpperCase() !== code[3]);
  const eight = letters.slice(-8).map(({ code }) => code[3]).join("");
  return moved && isValid(eight) ? eight : null;
}

function isMachine(typed, text) {
  const { target } = typed;
  if (target === scanField || !writes(target)) return true;
  return pace(typed) <= (text.length > 12 ? ADDRESS_MS : LETTERS_MS);
}

/** A scan that ended, with its Enter or Tab, or after a pause. Anything else stays as it is. */
function finish(event) {
  clearTimeout(timer);
  const ended = burst;
  if (ended && take(ended, event)) burst = null;
}

/** Whether this was a scan, and is dealt with. */
function take(ended, event) {
  if (isLeft(ended.target)) return false;
  const field = inserted(ended);
  if (field === null) return false; // the page changed what was typed: nothing of it is taken away
  const typed = ended.keys.map(({ key }) => (key === "Dead" ? "´" : key)).join("");
  const place = pace(ended) <= ADDRESS_MS ? byPlace(ended) : null;
  const found = place ? [] : readings(typed).length ? readings(typed) : readings(field);
  const byHand = !event && ended.target === scanField && pace(ended) > LETTERS_MS;
  if ((!found.length && !place) || byHand || !isMachine(ended, typed)) return false;
  const alone = ended.target === scanField && ended.before.value === "" && found.length === 1;
  taken = ended.last;
  if (event?.key === "Enter" && alone) return true; // the field's own form takes it
  event?.preventDefault();
  event?.stopPropagation();
  putBack(ended);
  if (place) say("moved");
  else found.forEach(report);
  return true;
}

/** Milliseconds from one key to the next, on the average. */
function pace({ keys, first, last }) {
  return (last - first) / Math.max(1, keys.length - 1);
}

function report(raw) {
  say("");
  const detail = { raw, source: "wedge", at: new Date().toISOString() };
  document.dispatchEvent(new CustomEvent("ricochet:read", { detail, cancelable: true }));
}

function say(which) {
  if (!words) return;
  words.querySelector("[data-wedge-words]").textContent = which ? words.dataset[which] : "";
  words.querySelector("[data-wedge-notice]").hidden = !which;
}

function nowhere(element) {
  return element === document.body || element === document.documentElement || element?.tagName === "MAIN";
}

function begin(target, at) {
  if (nowhere(target) && scanField) {
    scanField.focus({ preventScroll: true });
    target = scanField;
  }
  burst = { target, before: asItStands(target), keys: [], first: at, last: at };
}

function ends(event) {
  if (burst && event.timeStamp - burst.last <= APART_MS) {
    finish(event);
    burst = null;
    return;
  }
  burst = null;
  if (event.timeStamp - taken > AFTER_MS) return;
  // In the scan field, Enter sends its form, which is empty by now.
  if (event.key === "Tab" || document.activeElement !== scanField) event.preventDefault();
}

function pressed(event) {
  const { key, timeStamp: at } = event;
  if (event.isComposing || event.keyCode === 229) return; // an input method is writing: its keys are not letters yet
  const command = (event.ctrlKey || event.metaKey || event.altKey) && !event.getModifierState("AltGraph");
  if (key === "Enter" || key === "Tab") {
    if (!command && !event.shiftKey) ends(event);
    return;
  }
  if (key.length > 1 && key !== "Dead") {
    if (!["Shift", "CapsLock", "AltGraph", "Control", "Alt"].includes(key)) burst = null;
    return;
  }
  if (command || event.repeat) {
    burst = null;
    return;
  }
  const target = document.activeElement ?? document.body;
  if (burst && (burst.target !== target || at - burst.last > APART_MS)) {
    finish(null);
    burst = null;
  }
  if (!burst) begin(target, at);
  burst.keys.push({ key, code: event.code });
  burst.last = at;
  taken = -AFTER_MS;
  clearTimeout(timer);
  timer = setTimeout(finish, PAUSE_MS, null);
}

if (words) document.addEventListener("keydown", pressed, true);
