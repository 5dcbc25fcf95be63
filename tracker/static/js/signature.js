// A signature drawn with a finger, kept in the hidden field as a PNG data URL. The typed name below
// the pad says the same without this file.
import SignaturePad from "../vendor/signature_pad/signature_pad.min.js";

function setUp(block) {
  const shell = block.querySelector("[data-signature-pad]");
  const canvas = block.querySelector("[data-signature-canvas]");
  const field = block.querySelector("input[type=hidden]");
  shell.hidden = false;
  const pad = new SignaturePad(canvas, { penColor: "#1c2733", backgroundColor: "#ffffff" });

  function fit() {
    const strokes = pad.toData();
    const ratio = Math.max(window.devicePixelRatio || 1, 1);
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.clear();
    pad.fromData(strokes);
  }

  pad.addEventListener("endStroke", () => { field.value = pad.toDataURL("image/png"); });
  block.querySelector("[data-signature-clear]").addEventListener("click", () => {
    pad.clear();
    field.value = "";
  });
  window.addEventListener("resize", fit);
  fit();
}

document.querySelectorAll("[data-signature]").forEach(setUp);
