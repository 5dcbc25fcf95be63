// Reads pictures beside the page, so that keys and touches are never held up.
import { read, warm } from "./zxing.js";

onmessage = async ({ data: { number, picture, formats } }) => {
  try {
    postMessage({ number, found: picture ? await read(picture, formats) : (await warm(), []) });
  } catch (error) {
    postMessage({ number, fault: String(error) });
  }
};
