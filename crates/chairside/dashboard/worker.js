// @ts-check
// A clock of its own, which a hidden page's throttling does not reach, and a watch over the page.

import { LOOK_MS, Watchdog } from "./sound/watchdog.js";

const watchdog = new Watchdog(performance.now());
/** What is said of a page that hangs, in the page's language. @type {{title: string, body: string} | null} */
let words = null;
/** @type {Notification | null} */
let told = null;

addEventListener("message", (event) => {
  if (event.data?.title) words = event.data;
  watchdog.answer(performance.now());
  told?.close();
  told = null;
});

setInterval(() => {
  postMessage("look");
  if (!watchdog.look(performance.now()) || words === null) return;
  if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
  told = new Notification(words.title, { body: words.body, tag: "chairside", requireInteraction: true });
}, LOOK_MS);
