// Lets a folder or a handful of files be dropped on the zone; the plain field does the same by hand.
// A browser sends a file's own name only; its folders may carry the code of the device.
function named(entry, file) {
  const path = entry.fullPath.replace(/^\/+/, "");
  return path.includes("/") ? new File([file], path, { type: file.type, lastModified: file.lastModified }) : file;
}

async function filesOf(entry) {
  if (entry.isFile) return [named(entry, await new Promise((done, failed) => entry.file(done, failed)))];
  const reader = entry.createReader();
  const found = [];
  for (;;) { // readEntries gives at most a hundred at a time
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return found;
    for (const one of some) found.push(...(await filesOf(one)));
  }
}

function say(zone, field) {
  const text = zone.querySelector("[data-drop-text]");
  const number = field.files.length;
  if (number === 1) text.textContent = `${text.dataset.dropOne} · ${field.files[0].name}`;
  if (number > 1) text.textContent = text.dataset.dropMany.replace("{n}", number);
}

async function take(zone, field, event) {
  event.preventDefault();
  zone.classList.remove("drop-over");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = entries.length ? (await Promise.all(entries.map(filesOf))).flat() : [...event.dataTransfer.files];
  const kept = new DataTransfer();
  for (const file of field.multiple ? files : files.slice(0, 1)) kept.items.add(file);
  field.files = kept.files;
  say(zone, field);
}

// A browser's own chooser of a folder; phones have none, and never see it.
function offerFolder(zone, field) {
  const offer = zone.closest("form")?.querySelector("[data-folder]");
  const chooser = offer?.querySelector("input");
  if (!chooser || !("webkitdirectory" in chooser) || matchMedia("(pointer: coarse)").matches) return;
  offer.hidden = false;
  chooser.addEventListener("change", () => {
    const kept = new DataTransfer();
    for (const file of chooser.files) {
      kept.items.add(new File([file], file.webkitRelativePath || file.name, { type: file.type, lastModified: file.lastModified }));
    }
    field.files = kept.files;
    say(zone, field);
  });
}

for (const zone of document.querySelectorAll("[data-drop]")) {
  const field = zone.querySelector("input[type=file]");
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("drop-over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("drop-over"));
  zone.addEventListener("drop", (event) => take(zone, field, event));
  field.addEventListener("change", () => say(zone, field));
  offerFolder(zone, field);
}
