// Which reader of codes: the browser's own where it knows our symbols, the vendored one where not. The answer is kept,
// so that a browser whose own reader turned out not to work is not asked again.
const KEY = "scan-reader"; // "own" · "zxing"
const MOST_PIXELS_WIDE = 1280;

function kept() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function keep(which) {
  try {
    localStorage.setItem(KEY, which);
  } catch { /* asked again on the next page */ }
}

async function own(formats) {
  if (kept() === "zxing" || !("BarcodeDetector" in globalThis)) return null;
  try {
    const known = await BarcodeDetector.getSupportedFormats();
    return formats.every((one) => known.includes(one)) ? new BarcodeDetector({ formats }) : null;
  } catch {
    return null;
  }
}

/** The picture as pixels, made smaller where it is larger than `most` on its longer side. */
export function pixels(source, most = MOST_PIXELS_WIDE) {
  const wide = source.videoWidth || source.width;
  const high = source.videoHeight || source.height;
  const scale = Math.min(1, most / Math.max(wide, high));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(wide * scale));
  canvas.height = Math.max(1, Math.round(high * scale));
  const drawing = canvas.getContext("2d", { willReadFrequently: true });
  drawing.drawImage(source, 0, 0, canvas.width, canvas.height);
  return drawing.getImageData(0, 0, canvas.width, canvas.height);
}

/** A worker's questions and answers, by number. */
class Beside {
  constructor() {
    this.waiting = new Map();
    this.number = 0;
    this.worker = new Worker(new URL("./zxing-worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data: { number, found, fault } }) => this.answer(number, found, fault);
    this.worker.onerror = () => this.fail();
  }

  answer(number, found, fault) {
    const { done, failed } = this.waiting.get(number);
    this.waiting.delete(number);
    if (fault) failed(new Error(fault));
    else done(found);
  }

  fail() {
    this.broken = true;
    for (const { failed } of this.waiting.values()) failed(new Error("no worker"));
    this.waiting.clear();
  }

  ask(picture, formats) {
    return new Promise((done, failed) => {
      const number = (this.number += 1);
      this.waiting.set(number, { done, failed });
      this.worker.postMessage({ number, picture, formats });
    });
  }
}

let beside = null;

async function byZxing(picture, formats) {
  beside ??= new Beside();
  if (!beside.broken) {
    try {
      return await beside.ask(picture, formats);
    } catch (error) {
      if (!beside.broken) throw error;
    }
  }
  // A browser that runs no module in a worker: the page reads by itself.
  const { read, warm } = await import("./zxing.js");
  return picture ? read(picture, formats) : warm();
}

/** A reader of these symbols: `which`, `warm()`, `read(source)` → [{text, format, box}] with `box` in shares of the picture. */
export async function reader(formats) {
  let detector = await own(formats);
  const tool = {
    which: detector ? "own" : "zxing",
    warm: () => (detector ? Promise.resolve() : byZxing(null, formats)),
    async read(source, most) {
      if (detector) {
        try {
          const found = await detector.detect(source);
          return found.map((one) => ({ text: one.rawValue, format: one.format, box: shares(one.boundingBox, size(source)) }));
        } catch (error) {
          if (error.name === "InvalidStateError") return []; // the picture is not there yet, or no longer
          detector = null;
          tool.which = "zxing";
          keep("zxing");
        }
      }
      const picture = pixels(source, most);
      const found = await byZxing(picture, formats);
      return found.map((one) => ({ ...one, box: shares(one.box, picture) }));
    },
  };
  keep(tool.which);
  return tool;
}

function size(source) {
  return { width: source.videoWidth || source.width, height: source.videoHeight || source.height };
}

function shares(box, { width, height }) {
  return { x: box.x / width, y: box.y / height, width: box.width / width, height: box.height / height };
}
