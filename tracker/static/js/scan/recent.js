// What was read lately, so that a label that stays before the lens is one reading. Kept over a new page: a page
// without a queue is sent at each reading, and would otherwise read the same label again for ever.
const KEY = "scan-recent";
const AWAY_MS = 3000;
const OURS = /([BCDFGHJKLNPRSTVX])\/([BCDFGHJKLNPRSTVX]{8})$|^([BCDFGHJKLNPRSTVX]{8})$/;
// Cards and badges first, then places and boxes, then devices: what says how comes before what it is said of.
const ORDER = "CPLBD";

/** Of a text as a symbol holds it: {key, kind, ours}; the QR code and the bars of one label have the same key. */
export function label(text) {
  const found = OURS.exec(text.trim().toUpperCase());
  if (!found) return { key: text.trim(), kind: "", ours: false };
  return { key: found[2] ?? found[3], kind: found[1] ?? "", ours: true };
}

/** Of one frame, a reading for each label, in the order in which they are to be taken. A QR code, which says its kind, goes before bars. */
export function distinct(found) {
  const by = new Map();
  for (const one of found) {
    const { key, kind, ours } = label(one.text);
    if (!by.has(key) || (kind && !by.get(key).kind)) by.set(key, { ...one, key, kind, ours });
  }
  const place = (one) => ORDER.indexOf(one.kind) + (one.kind ? 0 : ORDER.length + 1);
  return [...by.values()].sort((one, other) => place(one) - place(other) || middle(one) - middle(other));
}

/** How far from the middle of the picture. */
export function middle({ box }) {
  return box ? Math.hypot(box.x + box.width / 2 - 0.5, box.y + box.height / 2 - 0.5) : 0;
}

function load() {
  try {
    return new Map(JSON.parse(sessionStorage.getItem(KEY)) ?? []);
  } catch {
    return new Map();
  }
}

/** `fresh(key, now)`: is it another than those in sight these last seconds? Seeing it keeps it known. */
export function memory(away = AWAY_MS) {
  const seen = load();
  return {
    fresh(key, now = Date.now()) {
      const last = seen.get(key);
      for (const [one, at] of seen) if (now - at > away) seen.delete(one);
      seen.set(key, now);
      return last === undefined || now - last > away;
    },
    forget(key) {
      seen.delete(key);
    },
    save() {
      try {
        sessionStorage.setItem(KEY, JSON.stringify([...seen]));
      } catch { /* read once more, and judged "already" */ }
    },
  };
}
