// The trainer's page: found from the bed's session, worked by keyboard and by finger, and nothing in it
// that axe finds, in the dark and in the light, in each of its languages; the score of a lesson.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { title } from "../../../crates/chairside/dashboard/alarms.js";
import { end_all, launch, open, OUTPUT, start, until } from "./harness.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** How many times as fast as the world: that nobody breathes calls after half a minute. */
const PACE = 10;

/** A bed with a capnograph and a cuff. */
const BED = "2";

const TELEPHONE = { viewport: { width: 412, height: 900 } };

let browser;
let service;
let page;

before(async () => {
  browser = await launch();
  service = await start("demo", "--beds", "2", "--pace", String(PACE), "--listen", "127.0.0.1:0");
  page = await open(browser, `${service.address}/beds/${BED}/session`, { ...TELEPHONE, locale: "en-GB" });
});

after(async () => {
  await browser?.close();
  await end_all();
});

/** What axe finds, in the dark and in the light, and what is too small for a finger or goes beyond the page. */
async function findings(where) {
  await where.evaluate(AXE);
  const found = [];
  for (const colorScheme of ["light", "dark"]) {
    await where.emulateMedia({ colorScheme });
    const { violations } = await where.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    found.push(...violations.map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes[0].html}`));
    mkdirSync(OUTPUT, { recursive: true });
    const lang = await where.evaluate(() => document.documentElement.lang);
    await where.screenshot({ path: join(OUTPUT, `training-${lang}-${colorScheme}.png`), fullPage: true });
  }
  const small = await where.$$eval("button, a", (all) =>
    all.filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 43.5).map((one) => one.outerHTML));
  if (!(await where.evaluate(() => document.documentElement.scrollWidth <= innerWidth))) found.push("something goes beyond the edge");
  return [...found, ...small];
}

async function post(path, body) {
  const answer = await fetch(`${service.address}/api/v1/beds/${BED}/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ by: "mn", ...body }),
  });
  assert.equal(answer.status, 200, await answer.text());
}

async function told(path) {
  return (await fetch(`${service.address}/api/v1/${path}`)).json();
}

/** Whether a word's button says that it is so. */
function holds(word) {
  return page.locator(`[name="do"][value="${word}"]`).getAttribute("aria-pressed");
}

test("the page is found from the session of the bed, and says that nothing is wrong with the patient", async () => {
  const opened = page.context().waitForEvent("page");
  await page.click(".report a[href$='/training']");
  page = await opened;
  page.complaints = [];
  page.on("console", (message) => message.type() === "error" && page.complaints.push(message.text()));
  await page.waitForLoadState();
  assert.equal(new URL(page.url()).pathname, `/beds/${BED}/training`);
  assert.match(await page.locator("#top").innerText(), /Room 2\s+SIMULATED\s+Training/);
  assert.equal(await holds("open_airway"), "true");
  assert.equal(await holds("close_airway"), "false");
  await until("a saturation", async () => /SpO2\s+9\d %/.test(await page.locator("#vitals").innerText()));
});

test("a word is pressed by keyboard, who it is is asked once, and the focus stays where it was", async () => {
  await page.locator('[value="begin_lesson"]').focus();
  await page.keyboard.press("Enter");
  await page.locator("#who-choices button", { hasText: "A. Khan" }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await until("the lesson", async () => /Begin a lesson, A\. Khan/.test(await page.locator("#deeds").innerText()));
  await page.locator('[value="close_airway"]').focus();
  await page.keyboard.press("Enter");
  await until("the closed airway", async () => (await holds("close_airway")) === "true");
  assert.match(await page.locator("#airway").innerText(), /closed/);
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("value")), "close_airway");
  assert.equal(await page.locator("#told").innerText(), "Done");
});

test("the alarm that follows is scored by how soon it was acknowledged and somebody was there", async () => {
  const alarm = await until("an alarm", async () => {
    const { alarms } = await told("alarms");
    const { active } = alarms.find(({ bed }) => bed === BED);
    return active.find(({ signal, priority }) => signal === "on" && priority !== "low");
  });
  await post(`alarms/${alarm.occurrence}/acknowledge`, {});
  await post("arrive", { call: alarm.call });
  const row = page.locator("#score tbody tr", { hasText: title(alarm.id) });
  await until("the score", async () => {
    const cells = await row.locator("td").allInnerTexts();
    return cells.length === 3 && cells.every((cell) => /^\d+(\.\d)?$/.test(cell));
  });
  const { alarms, median } = await told(`beds/${BED}/training`);
  const scored = alarms.find(({ occurrence }) => occurrence === alarm.occurrence);
  const tenths = (seconds) => String(Math.round(seconds * 10) / 10);
  const expected = [scored.acknowledged_s, scored.accepted_s, scored.arrived_s].map(tenths);
  assert.deepEqual(await row.locator("td").allInnerTexts(), expected);
  const last = await page.locator("#score tfoot td").allInnerTexts();
  assert.equal(last.length, 3);
  assert.equal(last[2], tenths(median.arrived_s));
});

test("axe finds nothing in the page, in English and in German, and a finger finds every button", async () => {
  await page.click('[value="pull_probe"]');
  await until("the pulled probe", async () => (await holds("pull_probe")) === "true");
  assert.deepEqual(await findings(page), []);
  const german = await open(browser, `${service.address}/beds/${BED}/training`, { ...TELEPHONE, locale: "de-DE" });
  const words = await german.locator("main").innerText();
  assert.match(words, /SIMULIERT[^]*Atemweg\s+verlegt[^]*Wie bald auf Alarme reagiert wurde[^]*Sensor abziehen, A\. Khan/);
  const english = ["Training", "airway", "probe", "pressure", "Cuff", "Median of", "lesson"];
  assert.deepEqual(english.filter((word) => words.includes(word)), []);
  assert.deepEqual(await findings(german), []);
  assert.deepEqual(german.complaints, []);
});

test("a new lesson undoes everything and has no score", async () => {
  await page.click('[value="begin_lesson"]');
  await until("the new lesson", async () => (await page.locator("#deeds li").count()) === 1);
  assert.equal(await holds("open_airway"), "true");
  assert.equal(await holds("replace_probe"), "true");
  assert.match(await page.locator("#score").innerText(), /No alarm has called/);
  assert.deepEqual(page.complaints, []);
});
