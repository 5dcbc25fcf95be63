// Sends the chosen files a few at a time, with a bar and each file's verdict as it comes. Each answer means that those
// files are on record. Without this script the same form sends everything at once.
const MOST_FILES = 10;
const MOST_BYTES = 4 * 1024 * 1024;
const WAITS = [1, 2, 4, 8, 15, 30]; // seconds before each new try

function folderOf(file) {
  const at = file.name.lastIndexOf("/");
  return at < 0 ? "" : file.name.slice(0, at);
}

// Files of one folder together, and what needs another one's identity after it: the server joins them.
function inOrder(files) {
  const late = (file) => (/sanit/i.test(file.name) ? 1 : 0);
  const rank = (a, b) => folderOf(a).localeCompare(folderOf(b)) || late(a) - late(b);
  return [...files].sort(rank);
}

function groups(files) {
  const made = [];
  let size = 0;
  for (const file of inOrder(files)) {
    const last = made.at(-1);
    if (!last || last.length >= MOST_FILES || size + file.size > MOST_BYTES) {
      made.push([file]);
      size = file.size;
    } else {
      last.push(file);
      size += file.size;
    }
  }
  return made;
}

function newKey() {
  // randomUUID exists on secure pages only; a workshop's own server may be reached by plain http.
  return [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
}

class Sending {
  constructor(box) {
    this.box = box;
    this.form = box.querySelector("form");
    this.panel = box.querySelector("[data-sending]");
    this.key = newKey();
    this.done = 0;
    this.onward = null;
    this.goes = false;
  }

  part(name) {
    return this.panel.querySelector(`[data-${name}]`);
  }

  show(name, shown) {
    this.part(name).hidden = !shown;
  }

  count(all) {
    const words = this.part("count");
    words.textContent = words.dataset.words.replace("{done}", this.done).replace("{all}", all);
    this.part("bar").max = all;
    this.part("bar").value = this.done;
  }

  async start(files) {
    if (this.goes) return;
    this.panel.hidden = false;
    if (files.length > Number(this.box.dataset.most)) {
      this.show("too-many", true);
      return;
    }
    this.goes = true;
    for (const name of ["left", "too-many", "signed-out"]) this.show(name, false);
    this.panel.scrollIntoView({ block: "start" });
    const all = this.done + files.length;
    this.count(all);
    this.rest = [];
    for (const group of groups(files)) {
      if (await this.send(group)) this.done += group.length;
      else this.rest.push(...group);
      this.count(all);
    }
    this.goes = false;
    if (this.rest.length) this.leave();
    else if (this.onward) location.assign(this.onward);
  }

  // Says whether these files were answered; what was refused is answered too.
  async send(group) {
    if (!this.part("signed-out").hidden) return false;
    for (const wait of [0, ...WAITS]) {
      if (wait) {
        this.show("again", true);
        await new Promise((on) => setTimeout(on, wait * 1000));
      }
      const answer = await this.post(group);
      if (answer === null) continue;
      this.show("again", false);
      if (answer.redirected) {
        this.show("signed-out", true);
        return false;
      }
      this.take(await answer.text());
      return answer.ok;
    }
    this.show("again", false);
    return false;
  }

  // The answer, or null when it is worth another try.
  async post(group) {
    const body = new FormData();
    body.append("csrf_token", this.form.elements.csrf_token.value);
    body.append("code", this.form.elements.code.value);
    body.append("key", this.key);
    for (const file of group) body.append("files", file, file.name);
    try {
      const answer = await fetch(this.box.dataset.parts, { method: "POST", body });
      return answer.status >= 500 || [408, 409, 429].includes(answer.status) ? null : answer;
    } catch {
      return null;
    }
  }

  take(text) {
    const told = new DOMParser().parseFromString(text, "text/html");
    const found = told.querySelector("[data-address]");
    if (found) this.onward = found.dataset.address;
    this.part("received").prepend(...(found ? found.children : told.querySelectorAll(".verdict")));
  }

  leave() {
    const names = this.part("names");
    names.replaceChildren();
    for (const file of this.rest) {
      const line = document.createElement("li");
      line.textContent = file.name;
      names.append(line);
    }
    if (this.onward) {
      this.part("onward").href = this.onward;
      this.show("onward", true);
    }
    this.show("left", true);
    this.part("left").scrollIntoView({ block: "nearest" });
  }
}

for (const box of document.querySelectorAll("[data-parts]")) {
  const sending = new Sending(box);
  const field = sending.form.querySelector("input[name=files]");
  sending.form.addEventListener("submit", (event) => {
    if (!field.files.length) return; // the server says what is missing
    event.preventDefault();
    sending.start([...field.files]);
  });
  sending.part("left").querySelector("button").addEventListener("click", () => sending.start(sending.rest));
}
