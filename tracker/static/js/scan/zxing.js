// The vendored reader of bar codes, for browsers without one. All of it comes from our own files: the address that the
// package would fetch from is never asked, and the WebAssembly is refused unless it is the very one it was made with.
import { BarcodeDetector, ZXING_WASM_SHA256, prepareZXingModule } from "../../vendor/barcode-detector/ponyfill.js";

const WASM = new URL("../../vendor/barcode-detector/zxing_reader.wasm", import.meta.url);
const detectors = new Map();
let ready = null;

function integrity(hex) {
  return "sha256-" + btoa(String.fromCharCode(...hex.match(/../g).map((two) => parseInt(two, 16))));
}

async function prepare() {
  const answer = await fetch(WASM, { integrity: integrity(ZXING_WASM_SHA256) });
  if (!answer.ok) throw new Error(`the reader did not come: ${answer.status}`);
  const wasmBinary = await answer.arrayBuffer();
  await prepareZXingModule({ overrides: { wasmBinary, locateFile: () => WASM.href }, fireImmediately: true });
}

/** Load the megabyte now. What failed is tried again at the next call. */
export function warm() {
  ready ??= prepare().catch((error) => {
    ready = null;
    throw error;
  });
  return ready;
}

/** [{text, format, box: {x, y, width, height}}] of an ImageData, in its pixels. */
export async function read(picture, formats) {
  await warm();
  const key = formats.join();
  if (!detectors.has(key)) detectors.set(key, new BarcodeDetector({ formats }));
  return (await detectors.get(key).detect(picture)).map(({ rawValue, format, boundingBox: { x, y, width, height } }) => ({
    text: rawValue, format, box: { x, y, width, height },
  }));
}
