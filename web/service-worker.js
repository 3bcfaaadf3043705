// Keeps the whole site, so that it opens and works without a network after the first visit.
//
// `cargo xtask dist` puts this into the site with the list of its files. The list is in the script,
// so a new version of the site is a new script: the browser installs it beside the old one and
// changes over when no page uses that any more.

const files = []; // filled in by dist
const cacheName = "layerlab-"; // with a version, filled in by dist

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(files)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith("layerlab-") && name !== cacheName) await caches.delete(name);
      }
      // The page of the first visit has no worker yet; from now on it has this one.
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  event.respondWith(
    (async () => {
      const cache = await caches.open(cacheName);
      const kept = await cache.match(request, { ignoreSearch: true });
      if (!kept) return fetch(request);
      // A kept response brings the address it was kept under, and a worker started from it would
      // have that for its own: without the query, in which the engine is told where programs are.
      return new Response(kept.body, kept);
    })(),
  );
});
