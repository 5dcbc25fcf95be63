/* The page around core.js: takes a file or a text, says what it is in plain words. */
"use strict";
(function () {
  var data = JSON.parse(document.getElementById("data").textContent), language = document.documentElement.lang, last = null;
  var result = document.getElementById("result"), text = document.getElementById("text"), file = document.getElementById("file");

  function words() { return data.words[language]; }
  function say(name, details) {
    return (words()[name] || name).replace(/%\((\w+)\)s/g, function (_all, one) { return details && details[one] !== undefined ? details[one] : "–"; });
  }
  function of(list, value) { var found = words()[list]; return (found && found[value === null || value === undefined ? "null" : value]) || value || "–"; }
  function add(parent, tag, content, name) {
    var made = document.createElement(tag);
    if (content) made.textContent = content;
    if (name) made.className = name;
    parent.appendChild(made);
    return made;
  }
  function facts(parent, rows) {
    var list = add(parent, "dl");
    rows.forEach(function (row) { add(list, "dt", row[0]); add(list, "dd", row[1] === null || row[1] === "" ? "–" : String(row[1])); });
  }

  function translate() {
    document.documentElement.lang = language;
    document.title = say("title");
    document.querySelectorAll("[data-word]").forEach(function (one) { one.textContent = say(one.dataset.word, { at: data.ring.at.slice(0, 10), organisation: data.ring.organisation }); });
    var other = document.getElementById("language");
    other.textContent = language === "fr" ? "English" : "Français";
    other.lang = language === "fr" ? "en" : "fr";
    var keys = document.getElementById("keys");
    keys.textContent = "";
    data.ring.keys.forEach(function (one) {
      var line = add(keys, "li");
      add(line, "code", one.key);
      add(line, "span", " " + say(one.revoked ? "key_was_revoked" : one.until ? "key_was_used" : "key_in_use",
        { from: one.from.slice(0, 10), until: (one.until || "").slice(0, 10), day: (one.revoked || "").slice(0, 10) }));
    });
    if (last) show(last);
  }

  function named(maker, model) {
    return maker && model && !model.toLowerCase().startsWith(maker.toLowerCase()) ? maker + " " + model : model || maker;
  }

  function drive(list, line) {
    var row = add(list, "li"), size = line.size_bytes ? " · " + Math.round(line.size_bytes / 1e9) + " " + say("gigabyte") : "";
    add(row, "b", named(line.maker, line.model) || say("unknown_model"));
    add(row, "span", " " + say("serial", { serial: line.serial || "–" }) + " · " + of("mediums", line.medium) + size);
    add(row, "br");
    var told = of("ends", line.end);
    if (line.end === "wiped") {
      told += " · " + [line.method, of("levels", line.level), of("verifications", line.verification), [line.tool, line.tool_version].filter(Boolean).join(" "), of("sources", line.source) + (line.station ? " (" + line.station + ")" : "")].filter(Boolean).join(" · ");
    }
    if (line.declaration) told += " · " + say(line.declaration.confirmed_by ? "by_two_people" : "by_a_person", { day: line.declaration.at.slice(0, 10) });
    add(row, "span", told);
    if (line.limit) { add(row, "br"); add(row, "span", of("limits", line.limit), "hint"); }
  }

  function certificate(parent, payload) {
    var counts = payload.counts;
    facts(parent, [
      [say("issued_by"), payload.organisation + " – " + payload.place], [say("number"), payload.number],
      [say("issued"), payload.issued.slice(0, 10)], [say("drives"), say("counted", counts)],
      payload.collection ? [say("collection"), payload.collection.reference + ", " + payload.collection.date] : null,
      payload.replaces ? [say("replaces"), payload.replaces] : null
    ].filter(Boolean));
    payload.devices.forEach(function (one) {
      add(parent, "h2", [of("types", one.type), one.manufacturer, one.model].filter(Boolean).join(" "));
      var line = add(parent, "p", say("serial", { serial: one.serial || "–" }) + " · " + one.code + " · ");
      add(line, one.cover === "given_back" || one.cover === "missing" ? "strong" : "span", of("covered", one.cover));
      var list = add(parent, "ul");
      one.drives.forEach(function (line) { drive(list, line); });
      one.declarations.forEach(function (word) { add(list, "li", of("declared", word.kind) + " · " + say("by_a_person", { day: word.at.slice(0, 10) })); });
    });
    add(parent, "p", say("ask_revoked", { address: payload.address, at: data.ring.at.slice(0, 10) }), "hint");
  }

  function show(finding) {
    last = finding;
    result.textContent = "";
    result.className = finding.genuine ? "good" : "bad";
    add(result, "p", (finding.genuine ? "✓ " : "✗ ") + say(finding.genuine ? "genuine" : "not_genuine"), "verdict");
    if (finding.word) add(result, "p", say("why_" + finding.word, finding.details));
    if (finding.payload && finding.statement.kind === "certificate") certificate(result, finding.payload);
    else if (finding.payload) add(result, "p", say("an_export"));
    else if (finding.statement) {
      add(result, "p", say("short_code"));
      facts(result, [[say("number"), finding.statement.name], [say("issued"), finding.statement.at.slice(0, 10)], [say("fingerprint"), finding.statement.sha256]]);
    }
  }

  async function check(bytes) {
    if (RicochetVerifier.sha256(new TextEncoder().encode("abc")).slice(0, 8) !== "ba7816bf" || !globalThis.DecompressionStream) {
      show({ genuine: false, word: "browser", details: {}, statement: null, payload: null });
      return;
    }
    show(await RicochetVerifier.examine(bytes, data.ring, { dictionary: data.dictionary }));
  }

  async function take(one) { if (one) await check(new Uint8Array(await one.arrayBuffer())); }

  file.addEventListener("change", async function () {
    await take(file.files[0]);
    file.value = ""; // so that the same file, changed meanwhile, can be chosen again
  });
  document.getElementById("check").addEventListener("click", function () {
    if (text.value.trim()) check(new TextEncoder().encode(text.value.trim()));
    else text.focus();
  });
  document.addEventListener("dragover", function (event) { event.preventDefault(); document.body.classList.add("over"); });
  document.addEventListener("dragleave", function () { document.body.classList.remove("over"); });
  document.addEventListener("drop", function (event) {
    event.preventDefault();
    document.body.classList.remove("over");
    take(event.dataTransfer.files[0]);
  });
  document.getElementById("language").addEventListener("click", function () { language = language === "fr" ? "en" : "fr"; translate(); });
  translate();
})();
