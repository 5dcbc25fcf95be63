// A maker's sticker bears five bar codes, one of which is the serial number. This says which, of {text, format} as
// read, and which are IMEIs; what it cannot tell apart it leaves to the person who looks. Pure: no page, no storage.
import { label } from "./recent.js";

const PRODUCT_FORMATS = ["ean_13", "ean_8", "upc_a", "upc_e"];
// "S/N: ABC", "SN=ABC", "IMEI1:356…": what stands before says what it is.
const NAMED = /^\s*(s[/.]?n|serial(?:\s*(?:no\.?|number|n°))?|n°\s*de\s*s[ée]rie|service\s*tag|imei\s*\d?|(?:wlan|lan|wifi|bt)?\s*mac|uuid|meid|eid|iccid|p[/.]?n|part(?:\s*no\.?)?|model|sku|ean|upc|rev|qty)\s*[:=#]\s*(.+)$/i;
const SERIAL_NAMES = /^(s[/.]?n|serial|n°|service)/i;
// Data identifiers (ANSI MH10.8.2) that say "not the serial": part, quantity, origin, supplier, dates, revision.
const OTHER_IDENTIFIERS = /^(?:[123]\d?P|30P|31P|P|Q|4L|1?\d?D|V|1T|2P)(?=[0-9A-Z])/;
const SURE_OTHER = /^(?:1P|30P|31P|4L|9D|10D|16D)[0-9A-Z]/;
const MAC = /^(?:[0-9A-F]{12}|(?:[0-9A-F]{2}[:-]){5}[0-9A-F]{2})$/i;
const IN_ADDRESS = /[?&#/](?:s|sn|serial|serialnumber|servicetag|svctag)[=/]([0-9a-z-]{4,40})(?:[&#/]|$)/i;
const PLAUSIBLE = /^[0-9A-Z][0-9A-Z./-]{3,39}$/i;
const NAMED_POINTS = 4;

/** Digits whose last one checks the others (Luhn), 15 of them and not all the same: a phone's number. */
export function isImei(text) {
  if (!/^\d{15}$/.test(text) || new Set(text).size === 1) return false;
  const sum = [...text].reverse().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** Digits of a trade item number: 8, 12, 13 or 14, the last of which checks the others (GS1). */
export function isProductNumber(text) {
  if (!/^(?:\d{8}|\d{12,14})$/.test(text)) return false;
  const sum = [...text].reverse().reduce((total, digit, at) => total + Number(digit) * (at % 2 ? 3 : 1), 0);
  return sum % 10 === 0;
}

// One symbol may hold several things: lines, or fields with signs between them.
function parts({ text, format }) {
  const clean = text.replace(/^\]C1/, "");
  const pieces = /^https?:/i.test(clean) ? [clean] : clean.split(/[\r\n\t\x1d\x1e,;|]+/);
  return pieces.map((one) => one.trim()).filter(Boolean).map((one) => ({ text: one, format, alone: pieces.length === 1 }));
}

/** What a text is: {kind: "tag" · "imei" · "serial" · "other", text, points}; points: how sure the serial is. */
export function kindOf({ text, format }) {
  const other = { kind: "other", text, points: 0 };
  if (label(text).ours) return { kind: "tag", text, points: 0 };
  const named = NAMED.exec(text);
  if (named) return ofName(named[1], named[2].trim(), other);
  if (/^https?:/i.test(text)) {
    const inside = IN_ADDRESS.exec(text);
    return inside ? { kind: "serial", text: inside[1].toUpperCase(), points: NAMED_POINTS } : other;
  }
  if (isImei(text)) return { kind: "imei", text, points: 0 };
  if (isNoSerial(text, format)) return other;
  return plain(text, other);
}

function ofName(name, value, other) {
  const imei = value.replace(/[\s/-]/g, "");
  if (/^imei/i.test(name)) return isImei(imei) ? { kind: "imei", text: imei, points: 0 } : other;
  if (!SERIAL_NAMES.test(name) || !PLAUSIBLE.test(value)) return other;
  return { kind: "serial", text: value, points: NAMED_POINTS };
}

function isNoSerial(text, format) {
  return (
    PRODUCT_FORMATS.includes(format) ||
    MAC.test(text) ||
    /^89\d{17,30}$/.test(text) || // a SIM card, or the number of a built-in one
    /^\d{16,17}$/.test(text) || // an IMEI with its software version
    /^\(?01\)?\d{14}/.test(text) ||
    isProductNumber(text) ||
    SURE_OTHER.test(text) ||
    /#[0-9A-Z]{3}$/.test(text) || // a part number with its country: 1EP85EA#ABF
    !PLAUSIBLE.test(text)
  );
}

function plain(text, other) {
  const upper = text.toUpperCase();
  // 1S, then ten letters of machine type, then the serial (Lenovo).
  const typed = /^1S([0-9A-Z]{10})([0-9A-Z]{8})$/.exec(upper);
  if (typed) return { kind: "serial", text: typed[2], points: NAMED_POINTS };
  if (/^CN-?0[0-9A-Z]{5}-?/.test(upper) && upper.length >= 20) return { ...other, kind: "serial", points: 1 }; // a part's own number (Dell)
  const letters = /[A-Z]/.test(upper);
  const digits = /\d/.test(upper);
  if (!digits) return other;
  return { kind: "serial", text, points: letters && upper.length >= 6 ? 3 : 2 };
}

/** Of all that was read on a sticker: {serial, imeis, tag, choices}. Where two could be the serial, `serial` is null and both are choices. */
export function judge(read) {
  const all = read.flatMap(parts);
  const marked = all.some(({ text }) => SURE_OTHER.test(text)); // the sticker speaks in data identifiers
  const texts = new Set(all.map(({ text }) => text));
  const kinds = all.map((one) => kindOf(one)).map((one) => withoutMark(one, marked, texts));
  const serials = new Map();
  for (const { kind, text, points } of kinds) {
    if (kind === "serial") serials.set(text, Math.max(points, serials.get(text) ?? 0));
  }
  for (const text of expressCodes([...serials.keys()])) serials.delete(text);
  const most = Math.max(0, ...serials.values());
  const best = [...serials].filter(([, points]) => points === most).map(([text]) => text);
  return {
    serial: best.length === 1 ? best[0] : null,
    imeis: [...new Set(kinds.filter((one) => one.kind === "imei").map((one) => one.text))].slice(0, 2),
    tag: kinds.find((one) => one.kind === "tag")?.text ?? null,
    choices: [...serials].sort(([, one], [, two]) => two - one).map(([text]) => text),
  };
}

// "S" before a serial is a mark only where the sticker marks its other codes too, or bears the same without it.
function withoutMark(one, marked, texts) {
  if (one.kind !== "serial" || one.points >= NAMED_POINTS) return one;
  if (/^S[0-9A-Z]{5,}$/.test(one.text) && (marked || texts.has(one.text.slice(1)))) {
    return { ...one, text: one.text.slice(1), points: NAMED_POINTS };
  }
  if (marked && OTHER_IDENTIFIERS.test(one.text)) return { ...one, points: 1 };
  return one;
}

// Dell prints its service tag once more as a decimal number.
function expressCodes(texts) {
  const tags = texts.filter((text) => /^[0-9A-Z]{7}$/.test(text)).map((text) => String(parseInt(text, 36)));
  return texts.filter((text) => tags.includes(text));
}
