// Reads a code as tracker/devices/codes.py does, so that a phone without network judges a label by its check letter.
// The tables are those of that file; a test asks both the same questions.
const ALPHABET = "BCDFGHJKLNPRSTVX";
const LENGTH = 8;
const LONGEST = 2000;
const VALUE = new Map([...ALPHABET].map((letter, value) => [letter, value]));
const SPACE = "\\x01-\\x20\\x7f\\x85\\xa0\\u1680\\u2000-\\u200b\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff";
const AROUND = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g");
const DROPPED = new RegExp(`[${SPACE}\\-·.\\u2010-\\u2015]+`, "g");
const SHAPED = /^[A-Z]{8}$/;
const EIGHT = "([A-Z]{4})[^A-Z]?([A-Z]{4})$";
const IN_URL = new RegExp(`(?:([^A-Z])[DLBCP]\\1|[^A-Z][DLBCP][^A-Z0-9])${EIGHT}`, "u");
const ALONE = new RegExp(`^(?:[^A-Z]{0,2}[CDQAZWY][^A-Z])?${EIGHT}`, "u");
const FOLDED = new Map();
for (const letter of ALPHABET) {
  for (const typed of [letter, letter.toLowerCase()]) {
    for (const accent of "\u0300\u0301\u0302\u0303\u0308") {
      const composed = (typed + accent).normalize("NFC");
      if (composed.length === 1) FOLDED.set(composed, `´${letter}`);
    }
  }
}
const KEYS = [
  ["KXIE,CTSR'JOUÈ.Y", "KXIE;CTSR?JOUÈ:Y", "kxie,ctsr'jouè.y"],
  ["Y,UEBFSTNXKGA.IQ", "Y@UEBFSTNXKGA!IQ", "y,uebfstnxkga.iq"],
  ["XJEUIDHTNBLPOYKQ", "XJEUIDHTNBLPOYKQ", "xjeuidhtnblpoykq"],
  ["BCSTDHNEIK;PRGVX", "BCSTDHNEIK:PRGVX", "bcstdhneik;prgvx"],
].map((rows) => new Map(rows.flatMap((row) => [...row].map((typed, place) => [typed, ALPHABET[place]]))));

function checkLetter(seven) {
  let total = 0;
  for (const [place, letter] of [...seven].reverse().entries()) {
    const value = VALUE.get(letter) * (place % 2 === 0 ? 2 : 1);
    total += (value >> 4) + (value % 16);
  }
  return ALPHABET[(16 - (total % 16)) % 16];
}

/** Whether this is exactly a code: 8 letters in upper case, the last agreeing. */
export function isValid(code) {
  if (code.length !== LENGTH || ![...code].every((letter) => VALUE.has(letter))) return false;
  return checkLetter(code.slice(0, 7)) === code[7];
}

/** `BCDFGHJX` → `BCDF-GHJX`, in two groups for the eye. */
export function shown(code) {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

function fold(text) {
  let folded = "";
  for (const one of text) folded += one >= "a" && one <= "z" ? one.toUpperCase() : FOLDED.get(one) ?? one;
  return folded;
}

function byKey(letters, keys) {
  return letters.map((one) => keys.get(one) ?? "?").join("");
}

function refused(letters, shaped) {
  const eight = letters.length === LENGTH + 1 ? [...letters.slice(0, 4), ...letters.slice(5)] : letters;
  const strange = eight.length === LENGTH && eight.filter((one) => !VALUE.has(one)).length > 1;
  if (strange && KEYS.some((keys) => isValid(byKey(eight, keys)))) return { fault: "letters_moved" };
  return { fault: shaped ? "wrong_letter" : "not_a_code" };
}

/** What was scanned or typed → {code} or {fault: "empty" · "not_a_code" · "wrong_letter" · "letters_moved"}. */
export function read(text) {
  const typed = fold([...text].slice(-LONGEST).join("").replace(AROUND, ""));
  const plain = typed.replace(DROPPED, "");
  if (!plain) return { fault: "empty" };
  const letters = [...typed];
  if (letters.length > 2 * LENGTH && KEYS.some((keys) => byKey(letters.slice(0, 8), keys).includes("HTTP"))) {
    return { fault: "letters_moved" };
  }
  if (SHAPED.test(plain)) return isValid(plain) ? { code: plain } : refused(letters, true);
  const found = IN_URL.exec(typed) ?? ALONE.exec(typed);
  const code = found ? found.at(-2) + found.at(-1) : "";
  if (isValid(code)) return { code };
  return refused(letters, [...code].filter((one) => VALUE.has(one)).length >= LENGTH - 1);
}
