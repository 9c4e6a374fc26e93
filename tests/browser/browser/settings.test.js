// What this browser is set to, at the real program: language, theme, motion, text, station, wall.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { end_all, launch, live, open, picture, SOON_MS, start, until } from "./harness.js";

let browser;
let demo;

before(async () => {
  browser = await launch();
  demo = await start("demo", "--listen", "127.0.0.1:0");
});

after(async () => {
  await browser?.close();
  await end_all();
});

const WAIT_MS = SOON_MS;

/** What lies wider or higher than the window, or has words that are cut off. */
function overflowing(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
    const found = scrollWidth > clientWidth || scrollHeight > clientHeight ? ["page"] : [];
    for (const one of document.querySelectorAll("#status > *, #strip button, .cell .value, .cell-head, .tile h2, .tile .limits-open")) {
      const box = one.getBoundingClientRect();
      if (box.width === 0) continue;
      if (box.right > innerWidth + 1 || box.left < -1 || one.scrollWidth > one.clientWidth + 1) found.push(`${one.className || one.id}: ${one.textContent}`);
    }
    return found;
  });
}

test("a German browser has a German page, and nothing of it overflows in either theme", async () => {
  for (const [width, height] of [[1366, 768], [1920, 1080]]) {
    for (const colorScheme of ["dark", "light"]) {
      const page = await open(browser, demo.address, { viewport: { width, height }, colorScheme, locale: "de-DE" });
      await live(page, WAIT_MS);
      assert.equal(await page.getAttribute("html", "lang"), "de");
      assert.match(await page.textContent("#rooms"), /4 Räume, \d mit allen Signalen/);
      await until("its age", async () => /LIVE \d,\d s/.test(await page.textContent("#connection")));
      assert.equal(await page.textContent("#help-title"), "Tasten und Zeichen");
      await page.locator('[data-bed="1"] [data-cell="spo2"][data-state="fresh"]').waitFor({ timeout: WAIT_MS });
      assert.deepEqual(await overflowing(page), []);
      await picture(page, `german-${width}-${colorScheme}`);
      await page.click("#help-open");
      await picture(page, `german-help-${width}-${colorScheme}`);
      assert.deepEqual(page.complaints, []);
      await page.context().close();
    }
  }
});

test("theme, motion and text are as chosen here, against the system, and after a reload", async () => {
  const page = await open(browser, `${demo.address}/#/settings`, { colorScheme: "dark" });
  await live(page, WAIT_MS);
  const root = (name) => page.getAttribute("html", name);
  assert.equal(await root("data-theme"), "dark");
  await picture(page, "settings-dark");
  await page.check('input[name="settings-theme"][value="light"]');
  await page.check('input[name="settings-motion"][value="less"]');
  await page.check('input[name="settings-text"][value="130"]');
  for (const again of [false, true]) {
    if (again) {
      await page.reload();
      await live(page, WAIT_MS);
    }
    assert.equal(await root("data-theme"), "light");
    assert.equal(await root("data-motion"), "less");
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(background, "rgb(226, 232, 240)");
    const zoom = await page.evaluate(() => getComputedStyle(document.querySelector("#status")).zoom);
    assert.equal(zoom, "1.3");
  }
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "no-preference" });
  assert.equal(await root("data-theme"), "light", "the system wants it otherwise");
  await picture(page, "settings-light");
  await page.check('input[name="settings-theme"][value="system"]');
  assert.equal(await root("data-theme"), "dark");
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("a screen that is read from too far away is told of, with how far its numbers reach", async () => {
  const page = await open(browser, demo.address, { viewport: { width: 1366, height: 768 } });
  await live(page, WAIT_MS);
  await page.locator('[data-bed="1"] [data-cell="spo2"][data-state="fresh"]').waitFor({ timeout: WAIT_MS });
  await page.click("#settings-open");
  await page.fill("#settings-diagonal", "15,6");
  await page.fill("#settings-distance", "12");
  await page.press("#settings-distance", "Tab");
  await page.locator(".digits[data-small]").waitFor({ timeout: WAIT_MS });
  assert.match(await page.textContent(".digits"), /^TOO SMALL: \d+ px are needed, and with 4 rooms .* from \d+\.\d m\.$/);
  assert.notEqual(await page.getAttribute("#settings-open", "data-small"), null);
  await page.fill("#settings-distance", "1");
  await page.press("#settings-distance", "Tab");
  await until("large enough", async () => (await page.getAttribute("#settings-open", "data-small")) === null, WAIT_MS);
  assert.match(await page.textContent(".digits"), /^Yes: /);
  await page.click("#settings header .back");
  await page.locator("#tiles").waitFor({ timeout: WAIT_MS });
  await page.context().close();
});

test("the language is chosen here, whatever the browser's is, and the station keeps the name that it is given", async () => {
  const page = await open(browser, `${demo.address}/#/settings`);
  await live(page, WAIT_MS);
  // The page begins anew with it: what is checked is another one's then.
  await page.click('input[name="settings-language"][value="de"]');
  await page.waitForSelector('html[lang="de"]', { timeout: WAIT_MS });
  await live(page, WAIT_MS);
  assert.equal(await page.textContent("#settings h2"), "Einstellungen dieses Browsers");
  await picture(page, "settings-german");
  await page.fill("#settings-station", "Empfang");
  await page.evaluate(() => {
    globalThis.is_before = true;
  });
  await page.click("#settings .rename");
  // The page begins anew under its new name: what waits must outlive that.
  await page.waitForFunction(() => !globalThis.is_before && document.querySelector("#settings-station").value !== "", undefined, { timeout: WAIT_MS });
  assert.equal(await page.inputValue("#settings-station"), "Empfang");
  assert.equal(await page.evaluate(() => localStorage.getItem("chairside.station")), "Empfang");
  await live(page, WAIT_MS);
  await page.context().close();
});

test("a name that the service would not take, or that another display has, is refused, and told of where it is had all the same", async () => {
  const desk = await open(browser, `${demo.address}/#/settings`);
  await live(desk, WAIT_MS);
  const rename = async (page, name) => {
    await page.fill("#settings-station", name);
    await page.click("#settings .rename");
  };
  await rename(desk, "Pförtner");
  // Not asked by the page, which loads itself anew with its new name.
  const displays = async () => (await (await fetch(`${demo.address}/api/v1/displays`)).json()).displays;
  const called = (name) => async () => (await displays()).find(({ station }) => station === name);
  await until("the desk's new name", called("Pförtner"), WAIT_MS);
  const hall = await open(browser, `${demo.address}/#/settings`);
  await live(hall, WAIT_MS);
  await rename(hall, "Pförtner");
  await hall.locator("#settings .problem", { hasText: "Another display is called so" }).waitFor({ timeout: WAIT_MS });
  await rename(hall, "ü".repeat(33));
  await hall.locator("#settings .problem", { hasText: "at most 64 bytes" }).waitFor({ timeout: WAIT_MS });
  const take = async (name) => {
    await hall.evaluate((one) => localStorage.setItem("chairside.station", one), name);
    await hall.reload();
    await live(hall, WAIT_MS);
  };
  // As an earlier page, or somebody in the browser's store, may have named it.
  await take("ü".repeat(33));
  await hall.locator("#banners p:not([data-chosen])", { hasText: "NOT COUNTED AS HEARD" }).waitFor({ timeout: WAIT_MS });
  assert.match(await hall.textContent("#banners"), /a name is longer than 64 bytes$/);
  await picture(hall, "station-refused");
  await take("Pförtner");
  for (const page of [desk, hall]) {
    await page.locator("#banners p:not([data-chosen])", { hasText: "ANOTHER DISPLAY IS CALLED Pförtner TOO" }).waitFor({ timeout: WAIT_MS });
  }
  // The desk alone has two windows: they are one station, and nothing is wrong with that.
  await hall.context().close();
  const window = await desk.context().newPage();
  await window.goto(`${demo.address}/#/bed/${"x".repeat(80)}`);
  await live(window, WAIT_MS);
  await until("both windows of the desk", async () => (await displays()).filter(({ station }) => station === "Pförtner").length === 2, WAIT_MS);
  const answers = await window.evaluate(async () => {
    const channel = new BroadcastChannel("chairside.windows");
    const pages = new Set();
    await new Promise((both) => {
      channel.addEventListener("message", ({ data }) => pages.add(data.page).size === 2 && both());
      channel.postMessage({ page: "the test", asks: true });
    });
    return pages.size;
  });
  assert.equal(answers, 2, "each window says that it is there");
  await desk.locator("#banners p", { hasText: "ANOTHER DISPLAY" }).waitFor({ state: "hidden", timeout: WAIT_MS });
  await until("each window with its view, however long an address is", async () =>
    (await displays()).map(({ view }) => view).sort().join() === "#/bed,#/settings");
  assert.deepEqual(desk.complaints, []);
  await desk.context().close();
});

test("a page of which a part does not come says so, and begins anew by itself when it does", async () => {
  const page = await open(browser, "about:blank", { locale: "de-DE" });
  let comes = false;
  await page.route("**/dashboard/present.js", (route) => (comes ? route.continue() : route.abort()));
  await page.goto(demo.address);
  const words = page.locator("#unstarted");
  await words.waitFor({ state: "visible", timeout: WAIT_MS });
  assert.match(await words.textContent(), /GO TO ROOMS[\s\S]*IN DIE RÄUME GEHEN/);
  await picture(page, "unstarted");
  comes = true;
  await live(page, WAIT_MS);
  assert.equal(await words.count(), 0);
  await page.context().close();
});

test("in kiosk mode the screen is kept bright, again after it was hidden, and a refusal is said", async () => {
  const spy = () => {
    globalThis.asked = 0;
    const request = async () => {
      globalThis.asked += 1;
      if (globalThis.refusing) throw new DOMException("the battery is low", "NotAllowedError");
      globalThis.held = new EventTarget();
      return globalThis.held;
    };
    Object.defineProperty(navigator, "wakeLock", { value: { request } });
  };
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 } });
  await context.addInitScript(spy);
  const page = await context.newPage();
  await page.goto(`${demo.address}/?kiosk`);
  await live(page, WAIT_MS);
  await until("asked", () => page.evaluate(() => globalThis.asked === 1), WAIT_MS);
  assert.doesNotMatch(await page.textContent("#banners"), /DARK/);
  // The browser takes it back; the page asks again, and is refused.
  await page.evaluate(() => {
    globalThis.refusing = true;
    globalThis.held.dispatchEvent(new Event("release"));
  });
  await page.locator("#banners p", { hasText: "THE SCREEN MAY GO DARK" }).waitFor({ timeout: WAIT_MS });
  assert.match(await page.textContent("#banners"), /battery is low/);
  await page.evaluate(() => {
    globalThis.refusing = false;
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await until("bright again", async () => !/DARK/.test(await page.textContent("#banners")), WAIT_MS);
  await context.close();
});

test("in kiosk mode over a plain address of the network the page says that the screen may go dark", async () => {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 } });
  await context.addInitScript(() => Object.defineProperty(globalThis, "isSecureContext", { value: false }));
  const page = await context.newPage();
  await page.goto(`${demo.address}/?kiosk`);
  await page.locator("#banners p", { hasText: "only a page over https" }).waitFor({ timeout: WAIT_MS });
  await picture(page, "kiosk-insecure");
  await context.close();
});
