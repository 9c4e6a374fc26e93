// A clinic that has switched patients' names on: the name is with its session, on the page that leads
// it, at the bed's place in the dashboard and in the report, and never on the wall.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { clinic_config, end_all, folder, launch, live, open, picture, series, simulate, start, until } from "./harness.js";
import { Nurse } from "./nurse.js";

/** On a busy machine everything comes later; nothing here is about how fast it comes. */
const LONG_MS = 90_000;

const NAME = "Zsófia <b>Várkonyi";

let browser;
let service;
let page;
let nurse;

before(async () => {
  browser = await launch();
  const inside = folder();
  await simulate("nonin", series(join(inside, "calm.csv"), { before: { spo2: 97, pulse: 70 } }), join(inside, "line-1"));
  service = await start("serve", "--config", clinic_config(inside, ["1"], { protocols: ["iv-ketamine"], more: "[patients]\nnames = true\n" }));
  page = await open(browser, `${service.address}/beds/1/session`, { viewport: { width: 412, height: 900 }, locale: "en-GB" });
  nurse = new Nurse(page);
});

after(async () => {
  await browser?.close();
  await end_all();
});

test("a name is taken when a session is planned, and stands with its initials from then on", async () => {
  await nurse.is("M. N.");
  await nurse.type("schedule", "name", NAME);
  await picture(page, "names-plan");
  await nurse.plan("iv-ketamine", "Z. V.", "1042");
  assert.match(await nurse.says("planned"), /Zsófia <b>Várkonyi · Z\. V\. 1042/);
  await nurse.arrives();
  assert.match(await nurse.says("top"), /Zsófia <b>Várkonyi · Z\. V\. 1042/);
  assert.ok(!(await page.title()).includes("rkonyi"), "whoever sees the window's title sees no name");
  await picture(page, "names-session");
  const report = await open(browser, new URL(await page.locator("#report a").first().getAttribute("href"), service.address).href);
  assert.match(await report.locator("body").innerText(), /Name\s+Zsófia <b>Várkonyi/);
  await report.context().close();
  assert.deepEqual(page.complaints, []);
});

test("the name is at the bed's place in the dashboard, inside the session, and never on the wall", async () => {
  const desk = await open(browser, service.address);
  await live(desk, LONG_MS);
  await until("the session on the tile", async () => /Z\. V\. 1042/.test(await desk.locator("#tiles").innerText()), LONG_MS);
  assert.ok(!(await desk.content()).includes("rkonyi"), "nowhere on the wall");
  await picture(desk, "names-wall");
  await desk.goto(`${service.address}/#/bed/1`);
  const inside = desk.frameLocator("#bed iframe.treatment").locator("#top .patient");
  await until("the name inside", async () => /Várkonyi/.test(await inside.innerText()), LONG_MS);
  assert.ok(!(await desk.content()).includes("rkonyi"), "the page around the session has no name");
  await picture(desk, "names-bed");
  await desk.context().close();
});
