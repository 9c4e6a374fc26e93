// A page that nobody looks at for half an hour: its own files, and a ward whose time runs as fast
// as the page can listen. A hidden page gets no frames.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { serve } from "../feed/server.js";
import { begin_ward, look_inside, take_over_time } from "../feed/virtual.js";
import { end_all, launch, open, until } from "./harness.js";

const BEDS = 4;

/** The turn in which the ward's alarms come and go: looked at where it ends, the page has as much to show. */
const TURN_S = 240;

/** Half an hour, and on to the end of a turn. */
const HIDDEN_S = TURN_S * Math.ceil(1_800 / TURN_S);

let browser;
let server;

before(async () => {
  browser = await launch();
  server = await serve(1);
});

after(async () => {
  await browser?.close();
  server?.close();
  await end_all();
});

test("a page that was hidden for half an hour has not grown, and shows what is now within a second", async () => {
  const page = await open(browser, "about:blank");
  await page.addInitScript(take_over_time);
  const look = await look_inside(page);
  await page.goto(server.address);
  await until("the page to connect", () => page.evaluate(() => globalThis.ward_time.socket !== null));
  await page.evaluate(begin_ward, BEDS);
  await page.evaluate((seconds) => globalThis.ward_time.until(seconds), TURN_S);
  const before_hidden = await look();
  await page.evaluate(async (seconds) => {
    globalThis.ward_time.hide(true);
    await globalThis.ward_time.until(seconds);
  }, TURN_S + HIDDEN_S);
  const hidden = await look();
  assert.ok(hidden.heap_mb - before_hidden.heap_mb <= 5, `${hidden.heap_mb - before_hidden.heap_mb} MiB more`);
  assert.ok(hidden.nodes - before_hidden.nodes <= 200, `${hidden.nodes - before_hidden.nodes} nodes more`);

  const shown = await page.evaluate(async (seconds) => {
    const time = globalThis.ward_time;
    time.hide(false);
    await time.until(seconds + 1);
    const text = (bed, cell) => document.querySelector(`[data-bed="${bed}"] [data-cell="${cell}"] .value`).textContent;
    const beds = [...document.querySelectorAll(".tile")].map((tile) => tile.dataset.bed);
    const drawn = [...document.querySelectorAll(".wave canvas")].map((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value, index) => index % 4 === 3 && value > 0);
    });
    return {
      connection: document.body.dataset.connection,
      numbers: beds.map((bed) => [text(bed, "spo2"), text(bed, "rate")]),
      said: beds.map((bed) => [time.said[`${bed} SpO2`], time.said[`${bed} PulseRate`]]),
      drawn,
    };
  }, TURN_S + HIDDEN_S);
  assert.equal(shown.connection, "live");
  assert.equal(shown.numbers.length, BEDS);
  assert.deepEqual(shown.numbers, shown.said);
  assert.ok(shown.drawn.length >= BEDS && shown.drawn.every(Boolean), `${shown.drawn}`);
  assert.deepEqual(page.complaints, []);
});
