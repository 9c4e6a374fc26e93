// The page about calling people, which the service writes without a script: found from the
// dashboard, used by keyboard alone, and nothing in it that axe finds, in the dark and in the
// light, in each of its languages.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { start_calling } from "./calling-clinic.js";
import { end_all, launch, open, picture, SOON_MS, until } from "./harness.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser;
let service;
/** The tests that reached the telephone; nobody hears these beds, so that alarms call it too. */
const tests = [];

before(async () => {
  browser = await launch();
  service = await start_calling((message) => message.title.endsWith("test of the way to you") && tests.push(message));
});

after(async () => {
  await browser?.close();
  await end_all();
});

/** What axe finds, whatever its weight. */
async function findings(page) {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

test("a test is sent and said to have come, by keyboard alone, and the page says each step", async () => {
  const page = await open(browser, `${service.address}/#/day`);
  for (const way of ["phones", "away"]) {
    await page.locator('#day-ways li[data-health="down"]', { hasText: `M. N. by ${way}: not reached yet` }).waitFor({ timeout: SOON_MS });
  }
  await page.locator('#day a[href="/calling"]').click();
  await page.waitForURL(`${service.address}/calling`);
  await page.locator("#by").focus();
  await page.keyboard.type("M. N.");
  const send = page.getByRole("button", { name: "Send a test: M. N., phones" });
  await until("the button", async () => {
    await page.keyboard.press("Tab");
    return send.evaluate((button) => button === document.activeElement);
  });
  await page.keyboard.press("Enter");
  await page.locator(".told.waits").waitFor({ timeout: SOON_MS });
  assert.equal(tests.length, 1);
  assert.match(await page.locator(".told").textContent(), /^The channel took the test\. Waiting .* M\. N\., phones/);
  assert.equal(await page.locator("#by").inputValue(), "mn", "who tests stays chosen");

  // It is asked for again by itself, until somebody says that it came.
  await page.waitForEvent("load", { timeout: SOON_MS });
  await page.getByRole("button", { name: "It came: M. N." }).press("Enter");
  await page.waitForURL(`${service.address}/calling?by=mn`);
  await page.getByRole("cell", { name: /^sent .*, received / }).waitFor({ timeout: SOON_MS });
  await page.close();
});

test("the day-start check shows which ways reach their person, and which do not yet", async () => {
  const page = await open(browser, `${service.address}/#/day`);
  await page.locator('#day-ways li[data-health="good"]', { hasText: /^M\. N\. by phones: last received .*\d:\d\d/ }).waitFor({ timeout: SOON_MS });
  await page.locator('#day-ways li[data-health="down"]', { hasText: "M. N. by away: not reached yet" }).waitFor();
  assert.equal(await page.locator("#day-ways li").count(), 2);
  await picture(page, "day-ways");
  assert.deepEqual(page.complaints, []);
  await page.close();
});

test("a channel that takes nothing says why and since when", async () => {
  const page = await open(browser, `${service.address}/calling?by=ak`);
  await page.getByRole("button", { name: "Send a test: M. N., away" }).click();
  const told = page.locator(".told.problem");
  await told.waitFor({ timeout: SOON_MS });
  assert.match(await told.textContent(), /^The test was not sent: /);
  await page.getByRole("cell", { name: /^FAILING since \d{4}-/ }).waitFor();
  await page.close();
});

test("nobody tests without saying who it is", async () => {
  const page = await open(browser, `${service.address}/calling`);
  await page.getByRole("button", { name: "Send a test: M. N., phones" }).click();
  assert.equal(page.url(), `${service.address}/calling`, "the browser asks for it");
  assert.equal(tests.length, 1);
  await page.close();
});

test("a browser is offered to be called, and says why when it refuses", async () => {
  const page = await open(browser, `${service.address}/calling`);
  await page.context().grantPermissions(["notifications"], { origin: service.address });
  await page.getByRole("link", { name: "Let this browser be called" }).click();
  await page.waitForURL(`${service.address}/calling/browser`);
  assert.deepEqual(await findings(page), []);
  await page.getByRole("button", { name: "Let this browser be called" }).press("Enter");
  // A window that forgets everything refuses.
  const said = page.getByRole("status");
  await said.filter({ hasText: /^The browser could not subscribe: ./ }).waitFor({ timeout: SOON_MS });
  await picture(page, "calling-browser");
  assert.equal(await page.locator("textarea").isVisible(), false);
  await page.close();
});

test("a call by Web Push is shown by a browser without an open page, and leads to its answer", async () => {
  const page = await open(browser, `${service.address}/calling/browser`);
  await page.context().grantPermissions(["notifications"], { origin: service.address });
  await page.getByRole("button").click();
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  const devtools = await page.context().newCDPSession(page);
  const registered = new Promise((resolve) => devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => registrations[0] && resolve(registrations[0])));
  await devtools.send("ServiceWorker.enable");
  const { registrationId } = await registered;
  const call = { title: "Room 3: SPO2 VERY LOW", text: "since 14:03", key: "a-1", purpose: "call", tag: "t1", answer: `${service.address}/answer/token` };
  await devtools.send("ServiceWorker.deliverPushMessage", { origin: service.address, registrationId, data: JSON.stringify(call) });
  const notifications = () => page.evaluate(async () => {
    const shown = await (await navigator.serviceWorker.ready).getNotifications();
    return shown.map(({ title, body, tag, data, requireInteraction }) => ({ title, body, tag, data, requireInteraction }));
  });
  const [shown] = await until("a notification", async () => {
    const all = await notifications();
    return all.length > 0 && all;
  });
  assert.deepEqual(shown, { title: call.title, body: call.text, tag: "t1", data: call.answer, requireInteraction: true });
  // What was answered takes its place.
  await devtools.send("ServiceWorker.deliverPushMessage", { origin: service.address, registrationId, data: JSON.stringify({ ...call, title: "Room 3: answered", purpose: "answered", answer: undefined }) });
  const [after] = await until("the news", async () => {
    const all = await notifications();
    return all[0]?.title === "Room 3: answered" && all;
  });
  assert.equal(after.requireInteraction, false);
  await page.close();
});

for (const colorScheme of ["dark", "light"]) {
  for (const [locale, heading] of [["en-GB", "How people are called"], ["de-AT", "Wie Menschen gerufen werden"]]) {
    test(`axe finds nothing in the page, ${colorScheme}, ${locale}, wide and on a telephone`, async () => {
      for (const viewport of [{ width: 1280, height: 900 }, { width: 360, height: 740 }]) {
        const page = await open(browser, `${service.address}/calling`, { colorScheme, locale, viewport });
        assert.equal(await page.locator("h1").textContent(), `test-clinic: ${heading}`);
        assert.deepEqual(await findings(page), []);
        const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(beyond <= 0, `${beyond} px wider than the window`);
        await picture(page, `calling-${colorScheme}-${locale}-${viewport.width}`);
        await page.close();
      }
    });
  }
}
