// One alarm from its first call to its next: raised, acknowledged, over, and there again, through the
// real service, with a simulated oximeter whose probe a trainer pulls off the finger and puts back.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { title } from "../../../crates/chairside/dashboard/alarms.js";
import { asked, cell, end_all, launch, live, open, start, until } from "./harness.js";

const BED = "2";

let browser;
let service;

before(async () => {
  browser = await launch();
  service = await start("demo", "--beds", "2", "--pace", "5", "--listen", "127.0.0.1:0");
});

after(async () => {
  await browser?.close();
  await end_all();
});

async function steers(word) {
  const answer = await fetch(`${service.address}/api/v1/beds/${BED}/training`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ by: "ak", do: word }),
  });
  assert.equal(answer.status, 200, await answer.text());
}

test("an alarm is raised, acknowledged, over, and calls anew when its cause is there again", async () => {
  const page = await open(browser, service.address, { locale: "en-GB" });
  await live(page);
  const card = page.locator(`#strip-cards .card[data-key^="${BED}/"]`, { hasText: title("SPO2_PROBE_OFF") });
  const looks = (look) => until(`the card as ${look}`, async () => (await card.count()) === 1 && (await card.getAttribute("data-look")) === look);

  await steers("pull_probe");
  await looks("signal");
  const first = await card.getAttribute("data-key");

  const reason = await asked(page, () => card.locator(".acknowledge").click());
  assert.match(reason, new RegExp(`Room 2, ${title("SPO2_PROBE_OFF")}`));
  await page.locator("#person .choice", { hasText: "M. Novak" }).click();
  await looks("acknowledged");
  assert.match(await card.locator(".seen").textContent(), /✓ seen by M\. Novak/);

  await steers("replace_probe");
  await until("the end of the alarm", async () => (await card.count()) === 0);
  await until("a saturation", async () => /^\d\d$/.test(await cell(page, BED, "spo2").textContent()));

  await steers("pull_probe");
  await looks("signal");
  assert.notEqual(await card.getAttribute("data-key"), first, "it is another episode: what somebody has seen is not this one");
  assert.equal(await card.locator(".seen").textContent(), "", "nobody has seen it");
  assert.ok(await card.locator(".acknowledge").isVisible());
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
