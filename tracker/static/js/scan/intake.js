// The bar codes of a maker's sticker, put into the form around the camera: serial number, IMEIs, and our own tag where
// one is stuck on already. Nothing is sent: a person sees the fields and confirms them.
import { announce } from "../feedback.js";
import { judge } from "./sticker.js";

const SETTLED_MS = 1500; // the sticker was seen whole when nothing new came for so long
// Bars without a check sign may be misread: they count when read twice.
const UNCHECKED = ["code_39", "itf", "codabar"];

/** `fill(found, source)` → whether anything new stands in the form. `done()`: close the camera. */
export function filling(place, done) {
  const form = place.closest("form");
  const seen = new Map(); // text → {text, format, times}
  let timer = 0;

  function put(name, value) {
    const field = form.elements[name];
    if (!field || !value || field.value === value) return false;
    if (field.value && field.dataset.filled !== field.value) return false; // a person typed it
    field.value = value;
    field.dataset.filled = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    const folded = field.closest("details");
    if (folded) folded.open = true;
    field.closest(".field")?.classList.add("field-read");
    return true;
  }

  // What one picture left no doubt of, the next one may: it is taken back, and a person chooses.
  function takeBack() {
    const field = form.elements.serial;
    clearTimeout(timer);
    if (field?.dataset.filled && field.value === field.dataset.filled) field.value = "";
  }

  function offer(choices, serial) {
    const list = place.querySelector("[data-camera-choices]");
    const typed = form.elements.serial?.value;
    const others = choices.filter((one) => one !== typed);
    list.hidden = serial ? serial === typed : others.length < 2; // one that stands apart from what was typed is offered too
    const made = list.hidden ? [] : others.slice(0, 4);
    const rows = list.querySelector("ul");
    if (made.join() !== [...rows.children].map((one) => one.textContent).join()) { // else a button would go from under the finger
      rows.replaceChildren(...made.map((text) => button(text, list)));
    }
  }

  function button(text, list) {
    const item = document.createElement("li");
    const one = document.createElement("button");
    one.type = "button";
    one.className = "quiet";
    one.textContent = text;
    one.addEventListener("click", () => {
      form.elements.serial.value = text;
      form.elements.serial.dataset.filled = text;
      list.hidden = true;
      done();
      form.elements.serial.focus();
    });
    item.append(one);
    return item;
  }

  function told({ serial, imeis }) {
    const line = place.querySelector("[data-camera-heard]");
    line.className = "camera-heard camera-heard-read";
    line.textContent = [serial, ...imeis].filter(Boolean).join(" · ");
  }

  return function fill(found, source) {
    for (const { text, format } of found) {
      const one = seen.get(text) ?? { text, format, times: 0 };
      one.times += 1;
      seen.set(text, one);
    }
    const sure = [...seen.values()].filter((one) => source === "photo" || one.times > 1 || !UNCHECKED.includes(one.format));
    const what = judge(sure);
    if (!what.serial && what.choices.length > 1) takeBack();
    const [imei, imei2] = what.imeis;
    const changed = [put("serial", what.serial), put("imei", imei), put("imei2", imei2), put("code", what.tag)].some(Boolean);
    offer(what.choices, what.serial);
    if (changed) {
      told(what);
      announce("tick");
      clearTimeout(timer);
      if (source === "camera") timer = setTimeout(() => settled(what), SETTLED_MS);
    }
    return changed || (source === "photo" && what.choices.length > 0);
  };

  function settled({ serial, imeis }) {
    if (!serial && !imeis.length) return; // only our own tag so far
    seen.clear();
    done();
    form.elements[serial ? "serial" : "imei"].focus();
  }
}
