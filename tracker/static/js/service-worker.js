// Opens the scan page without network. `VERSION`, `FILES` and, where the browser can, `sync` stand above this line,
// put there by the server: the version is made of the contents of the files.
// Nothing is kept here but our own files and the empty scan page: never a page of a device or a person.
const FILES_KEPT = `ricochet-files-${VERSION}`;
const PAGE_KEPT = "ricochet-page"; // filled by the page itself, in its visitor's language
const PAGE = "/scan/shell";
const PATIENCE_MS = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const kept = await caches.open(FILES_KEPT);
    await kept.addAll(FILES.map((address) => new Request(address, { cache: "reload" })));
    await self.skipWaiting(); // harmless: with network, every file comes from the network
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("ricochet-files-") && name !== FILES_KEPT) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (address.pathname === "/scan") event.respondWith(networkElse(request, emptyPage));
  } else if (FILES.includes(address.pathname)) {
    event.respondWith(networkElse(request, () => caches.match(address.pathname, { cacheName: FILES_KEPT })));
  }
});

async function emptyPage() {
  return caches.match(PAGE, { cacheName: PAGE_KEPT });
}

async function networkElse(request, kept) {
  const fromNetwork = fetch(request);
  fromNetwork.catch(() => {});
  try {
    const answer = await Promise.race([fromNetwork, tooLate()]);
    if (answer.status < 502 || answer.type === "opaqueredirect") return answer;
    return (await kept()) ?? answer;
  } catch {
    return (await kept()) ?? fromNetwork;
  }
}

function tooLate() {
  return new Promise((done, failed) => setTimeout(() => failed(new Error("too late")), PATIENCE_MS));
}

self.addEventListener("sync", (event) => {
  if (event.tag === "ricochet-scans") event.waitUntil(sendWhatWaits());
});

async function sendWhatWaits() {
  const ended = typeof sync === "function" ? await sync() : { state: "sent" };
  if (["offline", "server", "busy"].includes(ended.state)) throw new Error(ended.state); // the browser tries again
}
