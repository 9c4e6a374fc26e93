// The dashboard as a nurse sees it: the real program, simulated devices on pseudo-terminals, the
// system's browser. The demo and a clinic of our own run side by side, for the demo's alarm may
// take two minutes.

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { cell, clinic_config, end_all, folder, launch, live, open, picture, series, simulate, start, until } from "./harness.js";

const ALARM_WITHIN_MS = 120_000;

let browser;
let demo;
let demo_page;
let demo_alarm;

const clinic = {};

before(async () => {
  browser = await launch();
  demo = await start("demo", "--listen", "127.0.0.1:0");
  demo_page = await open(browser, demo.address);
  const deadline = ALARM_WITHIN_MS - (Date.now() - demo.listening_at);
  demo_alarm = demo_page.waitForSelector('#strip-cards .card[data-look="signal"]', { timeout: deadline });
  demo_alarm.catch(() => {});
});

after(async () => {
  await browser?.close();
  await end_all();
});

/** A clinic of three beds: a quiet one, one whose saturation falls, one whose device is killed. */
async function open_clinic() {
  clinic.folder = folder();
  const inside = (name) => join(clinic.folder, name);
  const good = { spo2: 97, pulse: 68 };
  const quiet = series(inside("quiet.csv"), { before: good });
  const falling = series(inside("falling.csv"), { before: good, after: { spo2: 85, pulse: 104 }, fall_s: 8 });
  clinic.simulate = (bed) =>
    simulate("nonin", bed === "2" ? falling : quiet, inside(`line-${bed}`));
  clinic.kill = async (bed) => {
    await clinic.devices[bed].signal("SIGKILL");
    // A killed device cannot take its link with it, and the pseudo-terminal's number is soon another's.
    rmSync(inside(`line-${bed}`), { force: true });
  };
  clinic.devices = {};
  for (const bed of ["1", "2", "3"]) clinic.devices[bed] = await clinic.simulate(bed);
  const staff = [["mn", "M. N.", "nurse"], ["jd", "J. D.", "nurse"]];
  clinic.config = (port) => clinic_config(clinic.folder, ["1", "2", "3"], { staff, port });
  clinic.service = await start("serve", "--config", clinic.config(0));
  clinic.page = await open(browser, clinic.service.address);
  await live(clinic.page);
}

/** When each state of the connection began, milliseconds after `since` of the page's clock. */
async function states_after(page, since) {
  const all = await page.evaluate(() => globalThis.states);
  return Object.fromEntries(
    all.filter(([, at]) => at >= since).map(([state, at]) => [state, at - since]).reverse(),
  );
}

const page_clock = (page) => page.evaluate(() => performance.now());

/** Nothing was complained about that the browser itself does not say of a lost connection. */
function assert_content(page) {
  const complaints = page.complaints.filter((text) => !/WebSocket connection to .* failed|ERR_CONNECTION/.test(text));
  assert.deepEqual(complaints, []);
}

/** How much of the page is beyond its edges, and which digits are beyond their tile's. */
function overflow(page) {
  return page.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    const cut = [...document.querySelectorAll(".cell .value, .tile h2")].filter((one) => {
      const box = one.getBoundingClientRect();
      const tile = one.closest(".tile").getBoundingClientRect();
      return box.width > 0 && (box.right > tile.right + 0.5 || box.bottom > tile.bottom + 0.5);
    });
    return { scrollWidth, scrollHeight, cut: cut.map((one) => one.textContent) };
  });
}

/** Whether two boxes have any area in common. */
function overlap(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Nothing of this element is beyond the window or cut off by itself. */
async function assert_whole(page, selector) {
  const { width, height } = page.viewportSize();
  const cut = await page.locator(selector).first().evaluate(
    (one, window) => {
      const box = one.getBoundingClientRect();
      const inside = box.left >= 0 && box.top >= 0 && box.right <= window.width && box.bottom <= window.height;
      return { seen: box.width > 0, inside, cut: one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflow !== "visible" };
    },
    { width, height },
  );
  assert.deepEqual(cut, { seen: true, inside: true, cut: false }, selector);
}

/** The colours of a block in each frame of three seconds: how often it flashes is a matter of time. */
function colours_of(page, block) {
  return page.evaluate(
    (selector) =>
      new Promise((resolve) => {
        const until = performance.now() + 3_000;
        const seen = [];
        const look = () => {
          const found = document.querySelector(selector);
          if (found) seen.push(getComputedStyle(found).backgroundColor);
          if (performance.now() < until) requestAnimationFrame(look);
          else resolve(seen);
        };
        look();
      }),
    block,
  );
}

test("the demo shows four beds live within five seconds of listening, from three protocols", async () => {
  await live(demo_page, 5_000);
  const numbers = () =>
    demo_page.$$eval('[data-cell="spo2"] .value', (all) => all.filter((one) => /^\d+$/.test(one.textContent)).length);
  await until("four saturations", async () => (await numbers()) === 4, 5_000);
  assert.ok(Date.now() - demo.listening_at <= 5_000, `${Date.now() - demo.listening_at} ms`);
  const { beds } = await (await fetch(`${demo.address}/api/v1/beds`)).json();
  const drivers = new Set(beds.flatMap(({ devices }) => devices.map(({ driver }) => driver)));
  assert.ok(drivers.size >= 3, [...drivers].join());
  const drawn = () =>
    demo_page.$$eval(".wave canvas", (all) =>
      all.filter((canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return data.some((value, index) => index % 4 === 3 && value > 0);
      }).length,
    );
  await until("curves on the screen", async () => (await drawn()) >= 2, 10_000);
});

test("a page at 1920 by 1080 does not overflow, and no digit is cut off", async () => {
  assert.deepEqual(await overflow(demo_page), { scrollWidth: 1920, scrollHeight: 1080, cut: [] });
});

test("forty-eight beds are on one page, each with its numbers whole", async () => {
  const clinic48 = await start("demo", "--beds", "48", "--listen", "127.0.0.1:0");
  const page = await open(browser, clinic48.address);
  await live(page);
  const numbers = () => page.locator('[data-cell="spo2"][data-state="fresh"]').count();
  await until("saturations", async () => (await numbers()) >= 40, 20_000);
  assert.equal(await page.locator(".tile").count(), 48);
  assert.deepEqual(await overflow(page), { scrollWidth: 1920, scrollHeight: 1080, cut: [] });
  await picture(page, "beds-48");
  assert_content(page);
  await page.context().close();
  await clinic48.signal("SIGKILL");
});

test("an alarm that one station acknowledges is acknowledged with initials on both", async () => {
  await open_clinic();
  const { page } = clinic;
  const other = await open(browser, clinic.service.address);
  const card = '#strip-cards .card[data-priority="high"]';
  await page.waitForSelector(`${card}[data-look="signal"]`, { timeout: 45_000 });
  await picture(page, "alarm-high");
  assert.match(await page.locator(`${card} strong`).textContent(), /SpO₂ very low/);
  assert.match(await page.locator(`${card} .detail`).textContent(), /SpO₂ 85 % below 88 % .*at \d\d:\d\d:\d\d/);
  assert.equal(await page.locator('#strip-cards [data-look="superseded"]').count(), 0);
  assert.equal(await page.locator(card).first().getAttribute("data-key"), await other.locator(card).first().getAttribute("data-key"));
  const colours = await colours_of(page, '[data-bed="2"] [data-cell="spo2"]');
  const turns = colours.filter((one, index) => index > 0 && one !== colours[index - 1]).length / 2;
  assert.ok(turns >= 5 && turns <= 7, `twice a second, and not ${turns} times in three: ${colours}`);

  await page.waitForSelector(`${card}[data-settled]`);
  await page.locator(`${card} .acknowledge`).first().click();
  const asked = await page.locator("#person").boundingBox();
  assert.match(await page.locator("#person-reason").textContent(), /Room 2, SpO₂ very low/);
  for (const part of await page.locator("#strip, .tile").all()) {
    assert.equal(overlap(asked, await part.boundingBox()), false, "the question lies over no alarm and no number");
  }
  assert.equal(await page.evaluate(() => document.querySelectorAll(":modal").length), 0, "and dims none");
  await picture(page, "question");
  await page.locator("#person .choice", { hasText: "M. N." }).click();
  for (const station of [page, other]) {
    await station.waitForSelector(`${card}[data-look="acknowledged"]`, { timeout: 5_000 });
    assert.equal(await station.locator('[data-bed="2"] .tile-alarm .mark').textContent(), "✓ MN");
    assert.equal(await station.locator('[data-bed="2"] [data-cell="spo2"]').getAttribute("data-look"), "acknowledged");
  }
  assert.equal(await page.locator("#person-now").textContent(), "M. N.");
  assert.equal(await page.locator("#person").isVisible(), false);
  await picture(page, "alarm-acknowledged");
  assert_content(other);
  await other.context().close();
});

test("a killed device is on its tile at once, its numbers become dashes, and a new one heals it", async () => {
  const { page } = clinic;
  await until("a saturation", async () => (await cell(page, "3", "spo2").textContent()) === "97", 10_000);
  await clinic.kill("3");
  const killed_at = Date.now();
  const tile = page.locator('[data-bed="3"]');
  await until("the loss on the tile", async () => (await tile.locator(".loss").textContent()) === "NO SIGNAL– nonin-3disconnected", 2_000);
  const seen_ms = Date.now() - killed_at;
  assert.ok(seen_ms <= 1_500, `the loss was seen after ${seen_ms} ms`);
  assert.equal(await tile.locator('[data-cell="spo2"]').getAttribute("data-state"), "ageing");
  await picture(page, "signal-lost");
  await until("dashes", async () => (await cell(page, "3", "spo2").textContent()) === "– –", 11_000);
  const gone_ms = Date.now() - killed_at;
  assert.ok(gone_ms <= 10_500, `the number went after ${gone_ms} ms`);
  assert.equal(await cell(page, "3", "spo2", "note").textContent(), "disconnected");
  await page.waitForSelector('#strip-cards .card[data-technical]:has-text("No signal")', { timeout: 3_000 });
  await until("the band to say it alone", async () => !(await tile.locator(".loss").isVisible()), 2_000);
  await assert_whole(page, '[data-bed="3"] .tile-alarm strong');
  await picture(page, "signal-lost-alarm");
  clinic.devices["3"] = await clinic.simulate("3");
  const back_at = Date.now();
  await until("the number again", async () => (await cell(page, "3", "spo2").textContent()) === "97", 8_000);
  assert.equal(await tile.locator(".loss").isVisible(), false, `${Date.now() - back_at} ms later`);
});

test("a stopped service is told at 3, 6 and 10 seconds, and what comes after it is live again", async () => {
  const { page, service } = clinic;
  const since = await page_clock(page);
  await service.signal("SIGSTOP");
  await page.waitForSelector('body[data-connection="delayed"]', { timeout: 5_000 });
  assert.match(await page.locator("#connection").textContent(), /^DELAYED 3 s$/);
  await page.waitForSelector('body[data-connection="banner"]', { timeout: 5_000 });
  assert.match(await page.locator("#banners").textContent(), /No word from the service for 6 s/);
  assert.equal(await page.locator('[data-bed="1"] [data-cell="spo2"]').getAttribute("data-state"), "ageing");
  await picture(page, "connection-banner");
  await page.waitForSelector('body[data-connection="lost"]', { timeout: 6_000 });
  assert.match(await page.locator("#lost").innerText(), /CONNECTION LOST\s+GO TO ROOMS/);
  const values = await page.$$eval(".cell:not([hidden]) .value", (all) => all.map((one) => one.textContent));
  assert.deepEqual([...new Set(values)], ["– –"]);
  await picture(page, "connection-lost");
  const began = await states_after(page, since);
  for (const [state, at_ms] of [["delayed", 3_000], ["banner", 6_000], ["lost", 10_000]]) {
    const late_ms = began[state] - at_ms;
    assert.ok(late_ms > -600 && late_ms < 900, `${state} after ${began[state]} ms`);
  }
  await service.signal("SIGCONT");
  assert.ok((await live(page, 8_000)) <= 6_000);
  await until("a saturation", async () => (await cell(page, "1", "spo2").textContent()) === "97", 8_000);
  assert.equal(await page.locator("#lost").isVisible(), false);
});

test("a killed service is lost, and its next start is live within seconds without a reload", async () => {
  const { page } = clinic;
  const { port } = new URL(clinic.service.address);
  const since = await page_clock(page);
  await clinic.service.signal("SIGKILL");
  await page.waitForSelector('body[data-connection="delayed"]', { timeout: 2_000 });
  assert.match(await page.locator("#connection").textContent(), /RECONNECTING/);
  await page.waitForSelector('body[data-connection="lost"]', { timeout: 12_000 });
  const { lost } = await states_after(page, since);
  assert.ok(lost > 9_400 && lost < 10_900, `lost after ${lost} ms`);
  clinic.service = await start("serve", "--config", clinic.config(port));
  const back_ms = await live(page, 9_000);
  assert.ok(back_ms <= 5_500, `live after ${back_ms} ms`);
  await until("a saturation", async () => (await cell(page, "1", "spo2").textContent()) === "97", 8_000);
});

test("every alarm action is reached by keyboard alone", async () => {
  const { page } = clinic;
  const other = await open(browser, clinic.service.address);
  // What was acknowledged in room 2 is so after the restart too: another alarm is needed.
  await clinic.kill("1");
  const card = other.locator('#strip-cards .card[data-key^="1/"][data-look="signal"]');
  await card.waitFor({ timeout: 20_000 });
  await other.keyboard.press("1");
  assert.equal(await other.evaluate(() => document.activeElement.dataset.bed), "1");
  await other.keyboard.press("l");
  assert.equal(await other.locator("#list").isVisible(), true);
  await picture(other, "alarm-list");
  await other.keyboard.press("l");
  await other.keyboard.press("?");
  assert.equal(await other.locator("#help").isVisible(), true);
  await other.keyboard.press("Escape");
  // A card that has just come to lie where it is takes no key, and another alarm may move it.
  const choice = other.locator("#person .choice").first();
  await until("the choice of a person", async () => {
    await card.and(other.locator("[data-settled]")).waitFor({ timeout: 20_000 });
    await other.keyboard.press("1");
    await other.keyboard.press("a");
    return choice.waitFor({ timeout: 3_000 }).then(() => true, () => false);
  }, 30_000);
  await other.keyboard.press("Tab");
  await other.keyboard.press("Enter");
  await other.waitForSelector('#strip-cards .card[data-key^="1/"][data-look="acknowledged"]', { timeout: 20_000 });
  assert.equal(await other.locator('[data-bed="1"] .tile-alarm .mark').textContent(), "✓ JD");
  assert_content(page);
  assert_content(other);
  await other.context().close();
  clinic.devices["1"] = await clinic.simulate("1");
  await cell(page, "1", "spo2").filter({ hasText: "97" }).waitFor({ timeout: 10_000 });
});

test("on a small screen nothing that a nurse must see or press is cut off", async () => {
  for (const [width, height] of [[1366, 768], [1024, 768], [390, 844]]) {
    const page = await open(browser, clinic.service.address, { viewport: { width, height } });
    await live(page);
    await page.waitForSelector("#strip-cards .card", { timeout: 20_000 });
    for (const selector of ["#sound", "#help-open", "#person-now", "#strip-cards .card", "#more"]) {
      await assert_whole(page, selector);
    }
    assert.equal(await page.locator("#sound").textContent(), "SOUND OFF", "nobody has tested it");
    assert.equal((await overflow(page)).scrollWidth, width);
    const [bed, title, detail] = await Promise.all(
      [".bed", "strong", ".detail"].map((part) => page.locator(`#strip-cards .card ${part}`).first().boundingBox()),
    );
    const press = page.locator("#strip-cards .card .acknowledge:visible").first();
    if ((await press.count()) > 0) {
      const box = await press.boundingBox();
      for (const part of [bed, title, detail]) assert.equal(overlap(box, part), false, `${width}`);
    }
    await picture(page, `width-${width}`);
    assert_content(page);
    await page.context().close();
  }
});

test("less motion and a light theme are honoured", async () => {
  const page = await open(browser, clinic.service.address, { colorScheme: "light", reducedMotion: "reduce" });
  await live(page);
  await page.waitForSelector("#strip-cards .card", { timeout: 20_000 });
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
  assert.equal(new Set(await colours_of(page, "#strip-cards .card")).size, 1, "nothing flashes");
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".tile")).backgroundColor), "rgb(255, 255, 255)");
  await picture(page, "light");
  assert_content(page);
  await page.context().close();
});

test("a service that stops in order is told at once, and on a telephone over the whole first screen at ten seconds", async () => {
  const { page } = clinic;
  const phone = await open(browser, clinic.service.address, { viewport: { width: 390, height: 844 } });
  await live(phone);
  await live(page);
  const since = await page_clock(page);
  await clinic.service.signal("SIGTERM");
  await page.waitForSelector('body[data-connection="banner"]', { timeout: 3_000 });
  const { banner } = await states_after(page, since);
  assert.ok(banner <= 2_000, `after ${banner} ms`);
  assert.match(await page.locator("#banners").textContent(), /THE SERVICE HAS STOPPED/);
  assert.equal(await page.locator("#recorder").textContent(), "RECORD ?");
  assert.equal(await page.locator('[data-bed="1"] [data-cell="spo2"]').getAttribute("data-state"), "ageing");
  await picture(page, "stopped");
  await phone.waitForSelector('body[data-connection="lost"]', { timeout: 12_000 });
  await phone.evaluate(() => scrollTo(0, 300));
  await assert_whole(phone, "#lost-title");
  await picture(phone, "phone-lost");
  await phone.context().close();
});

test("an alarm of the demo is on the strip and on its tile within two minutes", async () => {
  await demo_alarm;
  const card = demo_page.locator('#strip-cards .card[data-look="signal"]').first();
  const [bed] = (await card.getAttribute("data-key")).split("/");
  const tile = demo_page.locator(`[data-bed="${bed}"] .tile-alarm`);
  assert.equal(await tile.locator("strong").textContent(), await card.locator("strong").textContent());
  assert.notEqual(await card.locator(".detail").textContent(), "");
  await picture(demo_page, "demo");
  assert_content(demo_page);
});
