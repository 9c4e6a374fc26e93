// @ts-check
// Makes the page an app that can be installed, and shows calls while no page is open. It keeps
// nothing: what it would serve could be an old page with old numbers. Without the service it says so.

/** @type {any} */
const worker = globalThis;

const NO_CONNECTION = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark">
<meta http-equiv="refresh" content="3">
<title>NO CONNECTION – Chairside</title>
<h1>NO CONNECTION – GO TO ROOMS</h1>
<p>The service does not answer. This page tries again every 3 seconds.
<h1 lang="de">KEINE VERBINDUNG – IN DIE RÄUME GEHEN</h1>
<p lang="de">Der Dienst antwortet nicht. Diese Seite versucht es alle 3 Sekunden.
`;

const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'",
};

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("push", (/** @type {any} */ event) => {
  // docs/notifications.md, "Web Push"
  const { title, text, purpose, tag, answer } = event.data.json();
  const calls = purpose === "call" || purpose === "test";
  const shown = { body: text, tag, renotify: calls, requireInteraction: calls, icon: "/dashboard/icon-192.png", data: answer ?? "/" };
  event.waitUntil(worker.registration.showNotification(title, shown));
});
worker.addEventListener("notificationclick", (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(worker.clients.openWindow(event.notification.data));
});
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  // Everything but the page itself goes its own way.
  if (event.request.mode !== "navigate") return;
  event.respondWith(
    fetch(event.request).catch(() => new Response(NO_CONNECTION, { status: 503, headers: HEADERS })),
  );
});
