// The page as an app that can be installed, at the real program.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { end_all, launch, live, open, SOON_MS, start, until } from "./harness.js";

const WAIT_MS = SOON_MS;

let browser;
let demo;
let page;

before(async () => {
  browser = await launch();
  demo = await start("demo", "--listen", "127.0.0.1:0");
  page = await open(browser, demo.address);
  await live(page, WAIT_MS);
});

after(async () => {
  await browser?.close();
  await end_all();
});

test("the page has a manifest with the icons that it names, and a worker that looks after all of it", async () => {
  const href = await page.getAttribute('link[rel="manifest"]', "href");
  const manifest = await page.evaluate(async (address) => {
    const answer = await fetch(address);
    return { kind: answer.headers.get("content-type"), ...(await answer.json()) };
  }, href);
  assert.equal(manifest.kind, "application/manifest+json");
  assert.equal(manifest.start_url, "/");
  for (const { src, type, sizes } of manifest.icons) {
    const icon = await page.evaluate(async (address) => {
      const answer = await fetch(address);
      const image = await createImageBitmap(await answer.blob()).catch(() => null);
      return { type: answer.headers.get("content-type"), size: image && `${image.width}x${image.height}` };
    }, src);
    assert.equal(icon.type, type, src);
    if (type === "image/png") assert.equal(icon.size, sizes, src);
  }
  const scope = await page.evaluate(async () => (await navigator.serviceWorker.ready).scope);
  assert.equal(scope, `${demo.address}/`);
  await until("the worker has the page", () => page.evaluate(() => navigator.serviceWorker.controller !== null), WAIT_MS);
  assert.deepEqual(page.complaints, []);
});

test("without the service the app says so and shows nothing that it showed before", async () => {
  await page.reload();
  await live(page, WAIT_MS);
  assert.deepEqual(await page.evaluate(() => caches.keys()), [], "the worker keeps nothing");
  await demo.signal("SIGKILL");
  await page.reload({ timeout: WAIT_MS });
  assert.match(await page.title(), /^NO CONNECTION/);
  const words = await page.textContent("body");
  assert.match(words, /GO TO ROOMS/);
  assert.match(words, /IN DIE RÄUME GEHEN/);
  assert.doesNotMatch(words, /\d{2}/, "no number stands there");
});
