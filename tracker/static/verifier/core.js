/* Whether a file, a PDF or the text of a QR code is genuine, going by public keys alone. Needs no network.
   The same as tracker/signing/*_rules.py: tests hold the two together. What is signed is told there. */
"use strict";
var RicochetVerifier = (function () {
  var FORMAT = "ricochet-signature-1";
  var LARGEST_FILE = 8 << 20, LARGEST_CONTENT = 1 << 18, LONGEST_TEXT = 7300, MOST_FIGURES = 4300;
  var SHAPES = [/^[0-9a-f]{32}$/, /^[A-Za-z0-9-]{1,40}$/, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, /^[0-9a-f]{64}$/];
  var ORDER = BigInt("0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");

  function NotSigned(why) { this.why = why; }
  function refuse(why) { throw new NotSigned(why); }

  // ------------------------------------------------------------------------------------------------ SHA-256 (FIPS 180-4)
  var K = (function () {
    var found = [], n = 2, i;
    for (; found.length < 64; n++) {
      for (i = 2; i * i <= n && n % i; i++);
      if (i * i > n) found.push(Math.floor((Math.cbrt(n) % 1) * 4294967296) | 0);
    }
    return found;
  })();

  function sha256(bytes) {
    var h = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
    var length = bytes.length, padded = new Uint8Array(((length + 72) >> 6) << 6), view = new DataView(padded.buffer);
    padded.set(bytes);
    padded[length] = 0x80;
    view.setUint32(padded.length - 8, Math.floor(length / 536870912));
    view.setUint32(padded.length - 4, (length << 3) >>> 0);
    var w = new Int32Array(64);
    for (var at = 0; at < padded.length; at += 64) {
      for (var i = 0; i < 64; i++) {
        if (i < 16) { w[i] = view.getInt32(at + 4 * i); continue; }
        var x = w[i - 15], y = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ (x >>> 3)) +
          ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ (y >>> 10));
      }
      var a = h.slice();
      for (i = 0; i < 64; i++) {
        var e = a[4], t = a[7] + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) +
          ((e & a[5]) ^ (~e & a[6])) + K[i] + w[i];
        var b = a[0], u = ((b >>> 2 | b << 30) ^ (b >>> 13 | b << 19) ^ (b >>> 22 | b << 10)) +
          ((b & a[1]) ^ (b & a[2]) ^ (a[1] & a[2]));
        a = [(t + u) | 0, a[0], a[1], a[2], (a[3] + t) | 0, a[4], a[5], a[6]];
      }
      for (i = 0; i < 8; i++) h[i] = (h[i] + a[i]) | 0;
    }
    return h.map(function (one) { return ("0000000" + (one >>> 0).toString(16)).slice(-8); }).join("");
  }

  // ------------------------------------------------------------------------------------------------- one way to write it
  var LONE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?:[^\uD800-\uDBFF]|^)[\uDC00-\uDFFF]/;

  function canonical(value) {
    if (value === null || value === true || value === false) return String(value);
    if (typeof value === "string") return LONE.test(value) ? refuse("a lone surrogate") : JSON.stringify(value);
    if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : refuse("a number");
    if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
    var names = Object.keys(value).sort();
    return "{" + names.map(function (name) {
      if (!/^[a-z][a-z0-9_.-]{0,99}$/.test(name)) refuse("a name");
      return JSON.stringify(name) + ":" + canonical(value[name]);
    }).join(",") + "}";
  }

  function utf8(text) { return new TextEncoder().encode(text); }

  function ascii(bytes) {
    var parts = [];
    for (var at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode.apply(null, bytes.subarray(at, at + 8192)));
    return parts.join("");
  }

  function decoded(text) {
    if (!/^[A-Za-z0-9_-]*$/.test(text)) refuse("base64url");
    var raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    if (btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "") !== text) refuse("base64url");
    return Uint8Array.from(raw, function (one) { return one.charCodeAt(0); });
  }

  // ---------------------------------------------------------------------------------------------------------- statements
  function statement(kind, key, name, at, sha256) {
    var parts = [key, name, at, sha256];
    SHAPES.forEach(function (shape, i) { if (typeof parts[i] !== "string" || !shape.test(parts[i])) refuse("a part"); });
    var moment = new Date(at);
    if (isNaN(moment) || moment.toISOString().slice(0, 19) + "Z" !== at) refuse("no such moment");
    return { kind: kind, key: key, name: name, at: at, sha256: sha256 };
  }

  function message(told) {
    return utf8([FORMAT, told.kind, told.key, told.name, told.at, told.sha256].join("\n") + "\n");
  }

  /* Ed25519 (RFC 8032): the browser's own where it has one, otherwise TweetNaCl, which leaves s unchecked. */
  async function genuine(told, signature, publicKey, vendored) {
    var raw;
    try { raw = decoded(signature); } catch (error) { return false; }
    if (raw.length !== 64) return false;
    var s = BigInt("0x" + Array.from(raw.subarray(32)).reverse().map(function (one) { return ("0" + one.toString(16)).slice(-2); }).join(""));
    if (s >= ORDER) return false;
    if (!vendored && globalThis.crypto && crypto.subtle) {
      try {
        var key = await crypto.subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
        return await crypto.subtle.verify({ name: "Ed25519" }, key, raw, message(told));
      } catch (error) { /* a browser without Ed25519 */ }
    }
    return nacl.sign.detached.verify(message(told), raw, publicKey);
  }

  function readEnvelope(bytes) {
    if (bytes.length > LARGEST_FILE) refuse("too large");
    var text, read;
    try {
      text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      read = JSON.parse(text);
    } catch (error) { refuse("not JSON"); }
    if (read === null || typeof read !== "object" || Object.keys(read).sort().join() !== "format,key,kind,payload,signature") refuse("not ours");
    if (read.format !== FORMAT || (read.kind !== "certificate" && read.kind !== "export")) refuse("not ours");
    if (read.payload === null || typeof read.payload !== "object" || typeof read.signature !== "string") refuse("not ours");
    var told;
    try {
      told = statement(read.kind, read.key, read.payload.number, read.payload.issued, sha256(utf8(canonical(read.payload))));
      if (canonical(read) !== text) refuse("not written as we write it");
    } catch (error) { refuse("not canonical"); }
    return { payload: read.payload, statement: told, signature: read.signature };
  }

  // ------------------------------------------------------------------------------------------------------------- QR code
  async function inflated(deflated, dictionary) {
    // A stored block in front makes the preset dictionary part of the stream (RFC 1951, 3.2.4).
    var n = dictionary.length, head = [0, n & 255, n >> 8, ~n & 255, (~n >> 8) & 255];
    var stream = new Blob([new Uint8Array(head), dictionary, deflated]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    var reader = stream.getReader(), parts = [], length = 0;
    for (;;) {
      var piece = await reader.read();
      if (piece.done) break;
      length += piece.value.length;
      if (length > LARGEST_CONTENT + n) refuse("too long");
      parts.push(piece.value);
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer()).subarray(n);
  }

  async function readCode(text, dictionary) {
    var found = /^(?:(\S+)#)?([1-9][0-9]{19,})$/.exec(text);
    if (!found || text.length > LONGEST_TEXT || found[2].length > MOST_FIGURES) refuse("no code of ours");
    var hex = BigInt(found[2]).toString(16);
    if (hex.length % 2) hex = "0" + hex;
    var raw = Uint8Array.from(hex.match(/../g), function (one) { return parseInt(one, 16); });
    var deflated = raw.subarray(5), mark = sha256(deflated).slice(0, 8);
    if ((raw[0] !== 1 && raw[0] !== 2) || mark !== hex.slice(2, 10)) refuse("incomplete");
    var content, read, address;
    try { content = await inflated(deflated, utf8(dictionary)); } catch (error) { refuse("incomplete"); }
    if (raw[0] === 1) {
      read = readEnvelope(content);
      address = read.payload.address;
    } else {
      read = readShort(content);
      address = read.address;
    }
    if (found[1] !== undefined && found[1] !== address) refuse("another address");
    return read;
  }

  function readShort(bytes) {
    var parts, text;
    try {
      text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      parts = JSON.parse(text);
      if (canonical(parts) !== text) refuse("not canonical");
    } catch (error) { refuse("not canonical"); }
    if (Object.keys(parts).sort().join() !== "address,at,key,kind,name,sha256,signature" || parts.kind !== "certificate") refuse("not ours");
    if (typeof parts.signature !== "string") refuse("not ours");
    return {
      address: parts.address, payload: null, signature: parts.signature,
      statement: statement(parts.kind, parts.key, parts.name, parts.at, parts.sha256)
    };
  }

  // ----------------------------------------------------------------------------------------------------------------- PDF
  function readPdf(bytes) {
    var text = ascii(bytes), start = text.lastIndexOf("%" + FORMAT + " document ");
    var found = start > 0 && /^%ricochet-signature-1 document (\S{32}) (\S{1,40}) (\S{20}) (\S{86})\n$/.exec(text.slice(start));
    if (!found) refuse("no line that signs it");
    return {
      text: text, signature: found[4],
      statement: statement("document", found[1], found[2], found[3], sha256(bytes.subarray(0, start)))
    };
  }

  function attached(bytes, text) {
    var begin = '{"format":"' + FORMAT + '",', start = text.indexOf(begin), end = text.indexOf("\nendstream", start);
    if (start < 0 || end < 0 || text.indexOf(begin, start + 1) >= 0) refuse("no signed file inside");
    return readEnvelope(bytes.subarray(start, end));
  }

  // ------------------------------------------------------------------------------------------------------------- judging
  function failed(word, details) { return { genuine: false, word: word, details: details || {}, statement: null, payload: null }; }

  async function judged(read, ring, options) {
    var told = read.statement, key = ring.keys.find(function (one) { return one.key === told.key; });
    if (!key) return failed("unknown_key", { key: told.key });
    var publicKey = decoded(key.public);
    if (sha256(publicKey).slice(0, 32) !== key.key) return failed("unknown_key", { key: told.key });
    if (!(await genuine(told, read.signature, publicKey, options.vendored))) return failed("forged");
    if (key.revoked) return failed("key_revoked", { key: key.key, day: key.revoked.slice(0, 10) });
    if (told.at < key.from || (key.until && told.at > key.until)) return failed("key_unused", { key: key.key, day: told.at.slice(0, 10) });
    var revoked = told.kind !== "export" && ring.revoked_certificates.find(function (one) { return one.number === told.name; });
    return {
      genuine: !revoked, word: revoked ? "revoked" : null, statement: told, payload: read.payload,
      details: revoked ? { number: told.name, day: revoked.at.slice(0, 10), reason: revoked.reason } : {}
    };
  }

  async function ofPdf(bytes, ring, options) {
    if (bytes.length > LARGEST_FILE) return failed("not_ours");
    var whole, inside;
    try { whole = readPdf(bytes); } catch (error) { return failed("unsigned_pdf"); }
    var said = await judged({ statement: whole.statement, signature: whole.signature, payload: null }, ring, options);
    if (!said.genuine && !said.statement) return said;
    try { inside = attached(bytes, whole.text); } catch (error) { return failed("not_ours"); }
    if (inside.statement.name !== whole.statement.name) return failed("forged");
    return judged(inside, ring, options);
  }

  /* bytes: Uint8Array of a PDF, a signed file, or the text of a QR code. ring: the published keys.
     options: {dictionary, vendored?: never the browser's own Ed25519}.
     → {genuine, word: why not, details, statement, payload} */
  async function examine(bytes, ring, options) {
    if (ascii(bytes.subarray(0, 5)) === "%PDF-") return ofPdf(bytes, ring, options);
    try {
      var read;
      if (bytes[0] === 0x7b) read = readEnvelope(bytes);
      else if (bytes.length > LONGEST_TEXT || bytes.some(function (one) { return one > 127; })) return failed("not_ours");
      else read = await readCode(ascii(bytes), options.dictionary);
      return await judged(read, ring, options);
    } catch (error) {
      if (error instanceof NotSigned) return failed("not_ours");
      throw error;
    }
  }

  return { examine: examine, sha256: sha256, canonical: canonical };
})();
