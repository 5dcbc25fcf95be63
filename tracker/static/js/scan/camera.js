// The camera in the page: labels held before it are readings like those of a scanner. No picture leaves the phone: each
// is read here and forgotten. Where there is no camera the page says why, and a photo does instead; the typed field is
// always there. `data-camera="scan"` tells readings to the page, `data-camera="sticker"` fills the form around it.
import { filling } from "./intake.js";
import * as lens from "./lens.js";
import { readPhoto } from "./photo.js";
import { reader } from "./reader.js";
import { distinct, memory, middle } from "./recent.js";

const FORMATS = {
  scan: ["qr_code", "code_128"],
  sticker: ["qr_code", "code_128", "code_39", "data_matrix", "ean_13"],
};
const OPEN = "scan-camera"; // in this tab, the camera is open: a new page opens it again
const USED = "scan-camera-used"; // on this phone, it was used before: what it needs is fetched when there is time
const NOTHING_READ_MS = 8000;
const FOREIGN_MS = 700; // a code that is not ours is taken when it is held there
const BUSY = ["NotReadableError", "AbortError", "TrackStartError"];
const REFUSED = ["NotAllowedError", "SecurityError", "PermissionDeniedError"];

function note(where, key, value) {
  try {
    if (value) where().setItem(key, value);
    else where().removeItem(key);
  } catch { /* opened by hand on the next page */ }
}

const tab = () => sessionStorage;
const phone = () => localStorage;

/** Why a camera does not open: the name of the sentence that says so. */
export function reason(error) {
  if (error?.name === "reader") return "reader"; // what reads the codes did not come
  if (!isSecureContext) return "no-https";
  if (!navigator.mediaDevices?.getUserMedia) return "no-browser";
  if (REFUSED.includes(error?.name)) return "refused";
  if (BUSY.includes(error?.name)) return "busy";
  return error?.name === "NotFoundError" || error?.name === "OverconstrainedError" ? "no-camera" : "other";
}

function nextFrame(video) {
  if (video.requestVideoFrameCallback) return new Promise((done) => video.requestVideoFrameCallback(done));
  return new Promise((done) => setTimeout(() => requestAnimationFrame(done), 60));
}

class Camera {
  constructor(place) {
    this.place = place;
    this.sort = place.dataset.camera;
    this.video = place.querySelector("video");
    this.recent = memory();
    this.foreign = new Map(); // key → when it was first held there
    this.fill = this.sort === "sticker" ? filling(place, () => this.close()) : null;
    this.run = 0;
    this.sent = false;
    this.listen();
  }

  part(name) {
    return this.place.querySelector(`[data-camera-${name}]`);
  }

  listen() {
    this.part("stop").addEventListener("click", () => this.close());
    this.part("lens").addEventListener("click", () => this.nextLens());
    this.part("torch").addEventListener("click", () => this.torch());
    document.addEventListener("visibilitychange", () => this.hiddenOrSeen());
    addEventListener("pagehide", () => this.release());
    document.addEventListener("keydown", (event) => this.escape(event), true);
    document.addEventListener("ricochet:judged", ({ detail }) => this.judged(detail));
  }

  tool() {
    this.reader ??= reader(FORMATS[this.sort]);
    return this.reader;
  }

  async warm() {
    await (await this.tool()).warm().catch(() => {});
  }

  // ---- what is seen ------------------------------------------------------------------------------------------

  say(name, text = "") {
    for (const one of this.place.querySelectorAll("[data-camera-says]")) one.hidden = one.dataset.cameraSays !== name;
    const value = this.place.querySelector(`[data-camera-says="${name}"] [data-camera-value]`);
    if (value) value.textContent = text;
  }

  show(open) {
    this.part("view").hidden = !open;
    this.part("start").hidden = open;
    this.place.classList.toggle("camera-is-open", open);
  }

  heard(kind, text) {
    const line = this.part("heard");
    line.className = `camera-heard camera-heard-${kind}`;
    line.textContent = text;
  }

  judged({ sign, sentence, code }) {
    if (this.stream) this.heard(sign, [code && `${code.slice(0, 4)}-${code.slice(4)}`, sentence].filter(Boolean).join(" "));
  }

  // ---- opening and closing -----------------------------------------------------------------------------------

  async open(id) {
    const run = (this.run += 1);
    this.say("asking");
    this.warm();
    try {
      if (!isSecureContext || !navigator.mediaDevices?.getUserMedia) throw new DOMException("", "NotSupportedError");
      const opened = await lens.open(id);
      if (run !== this.run) return lens.release(opened.stream); // closed or hidden while the browser asked
      await this.begin(opened, run);
    } catch (error) {
      if (run === this.run) this.failed(error);
    }
  }

  async begin({ stream, id, choices }, run) {
    this.release(false);
    Object.assign(this, { stream, id, choices });
    this.video.srcObject = stream;
    this.video.classList.toggle("camera-mirrored", stream.getVideoTracks()[0].getSettings().facingMode === "user");
    stream.getVideoTracks()[0].addEventListener("ended", () => this.stream === stream && this.failed({ name: "NotReadableError" }));
    this.part("lens").hidden = choices.length < 2;
    this.part("torch").hidden = !lens.hasTorch(stream);
    this.part("torch").setAttribute("aria-pressed", "false");
    const held = document.activeElement === this.part("start"); // a button that goes takes no focus along
    this.show(true);
    this.say("open");
    this.heard("none", "");
    if (held) this.part("stop").focus({ preventScroll: true });
    else if (matchMedia("(pointer: coarse)").matches) document.activeElement?.blur(); // no keyboard over the picture
    note(tab, OPEN, this.sort);
    note(phone, USED, "yes");
    await this.video.play();
    this.watch(run);
  }

  failed(error) {
    const held = this.part("view").parentElement.contains(document.activeElement);
    this.release();
    this.show(false);
    if (held) this.part("start").focus({ preventScroll: true });
    note(tab, OPEN);
    this.say(reason(error));
  }

  release(next = true) {
    if (next) this.run += 1;
    lens.release(this.stream);
    this.stream = null;
    this.video.srcObject = null;
  }

  escape(event) {
    if (event.key !== "Escape" || !this.stream) return;
    event.preventDefault();
    this.close();
  }

  close() {
    this.release();
    this.show(false);
    this.say("");
    note(tab, OPEN);
    this.part("start").focus();
  }

  // The lamp and the lens are free for others as soon as nobody looks here.
  hiddenOrSeen() {
    if (document.hidden && this.stream) {
      this.back = true;
      this.release();
    } else if (!document.hidden && this.back) {
      this.back = false;
      this.open(this.id);
    }
  }

  async nextLens() {
    const at = this.choices.findIndex((one) => one.id === this.id);
    const next = this.choices[(at + 1) % this.choices.length];
    lens.remember(next);
    lens.release(this.stream);
    await this.open(next.id);
    this.part("lens").focus();
  }

  async torch() {
    const button = this.part("torch");
    const on = button.getAttribute("aria-pressed") !== "true";
    await lens.light(this.stream, on).then(() => button.setAttribute("aria-pressed", String(on)), () => { button.hidden = true; });
  }

  // ---- reading -----------------------------------------------------------------------------------------------

  async watch(run) {
    const tool = await this.tool();
    let first = 0;
    let last = performance.now();
    while (run === this.run && !this.sent) {
      const shown = await nextFrame(this.video);
      if (run !== this.run) return;
      first ||= shown;
      try {
        const found = await tool.read(this.video);
        if (run === this.run && this.taken(found, "camera", first)) last = performance.now();
      } catch (error) {
        console.warn(error);
        return this.failed({ name: "reader" });
      }
      this.place.dataset.reader = tool.which;
      if (performance.now() - last > NOTHING_READ_MS) this.say("slow");
    }
  }

  /** Tell what is new in a frame or photo; whether anything was. `since`: when the first frame was shown. */
  taken(found, source, since) {
    if (this.fill) return this.fill(found, source);
    const fresh = this.wanted(distinct(found), source).filter(({ key }) => source === "photo" || this.recent.fresh(key));
    if (fresh.length && since) performance.measure("ricochet:read", { start: since, end: performance.now() });
    const left = fresh.filter((one) => !this.tell(one, source));
    if (left.length) this.send(left);
    return fresh.length > 0;
  }

  // A maker's own bar codes stand beside our labels: they are taken only where none of ours is in sight, and held.
  wanted(readings, source) {
    const ours = readings.filter((one) => one.ours);
    if (ours.length || source === "photo") {
      this.foreign.clear();
      return ours.length ? ours : readings;
    }
    const now = performance.now();
    const held = [...readings].sort((one, other) => middle(one) - middle(other)).slice(0, 1);
    for (const key of this.foreign.keys()) if (!held.some((one) => one.key === key)) this.foreign.delete(key);
    for (const { key } of held) if (!this.foreign.has(key)) this.foreign.set(key, now);
    return held.filter(({ key }) => now - this.foreign.get(key) >= FOREIGN_MS);
  }

  tell({ text, key }, source) {
    this.heard("read", key.length === 8 ? `${key.slice(0, 4)}-${key.slice(4)}` : key.slice(0, 40));
    const detail = { raw: text, source, at: new Date().toISOString() };
    const event = new CustomEvent("ricochet:read", { detail, cancelable: true });
    document.dispatchEvent(event);
    return event.defaultPrevented || Boolean(document.querySelector("[data-scan-page]"));
  }

  // A page without a queue: the field and its form, as if it had been typed. One reading a page: that in the middle.
  send(readings) {
    const [nearest] = [...readings].sort((one, other) => middle(one) - middle(other));
    for (const { key } of readings) if (key !== nearest.key) this.recent.forget(key);
    const field = document.querySelector("[data-scan-field]");
    if (!field?.form) return;
    this.sent = true;
    this.recent.save();
    field.value = nearest.text;
    field.form.requestSubmit();
  }

  async photo(input) {
    const [file] = input.files;
    if (!file) return;
    this.say("reading");
    try {
      const found = await readPhoto(file, await this.tool());
      this.say(this.taken(found, "photo") ? "" : "nothing");
    } catch (error) {
      this.say(error.name === "InvalidStateError" || error.name === "EncodingError" ? "no-picture" : "reader");
    }
    input.value = "";
  }
}

/** The camera of this place of a page; its buttons are heard by camera-start.js. */
export function at(place) {
  return new Camera(place);
}
