import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { lock_words, wants_kiosk } from "../../../crates/chairside/dashboard/kiosk.js";
import { by_worst } from "../../../crates/chairside/dashboard/order.js";
import { Clash, named_so } from "../../../crates/chairside/dashboard/same-name.js";
import { by_urgency, DEFAULTS, digit_px, reach_m, read_length, read_settings } from "../../../crates/chairside/dashboard/settings.js";
import { is_short_enough, NAME_MAX } from "../../../crates/chairside/dashboard/station.js";
import { alarm, bed, Feed } from "./feed.js";

const FOLDER = new URL("../../../crates/chairside/dashboard/", import.meta.url);
const FULL_HD = { width: 1920, height: 1080 };

test("digits are as large as 22 arc-minutes ask for, on each screen and from each distance of the table", () => {
  // Width in inches of the diagonal, and CSS pixels at 1.5, 3 and 5 m.
  const table = [
    [24, [48, 96, 161]],
    [32, [36, 72, 120]],
    [43, [27, 54, 90]],
  ];
  for (const [diagonal_in, sizes] of table) {
    sizes.forEach((size, index) => {
      const settings = { ...DEFAULTS, diagonal_in, distance_m: [1.5, 3, 5][index] };
      const px = digit_px(settings, FULL_HD);
      assert.ok(Math.abs(px - size) < 1, `${diagonal_in} in, ${settings.distance_m} m: ${px}, not ${size}`);
      assert.ok(Math.abs(reach_m(px, diagonal_in, FULL_HD) - settings.distance_m) < 1e-9);
    });
  }
  assert.equal(digit_px(DEFAULTS, FULL_HD), null);
  assert.equal(digit_px({ ...DEFAULTS, diagonal_in: 24, distance_m: 3 }, { width: 0, height: 0 }), null);
});

test("what is kept is read back, and what cannot be meant is as without it", () => {
  const settings = { theme: "light", motion: "less", text: 130, diagonal_in: 32, distance_m: 4.5, order: "urgent" };
  assert.deepEqual(read_settings(JSON.stringify(settings)), settings);
  for (const text of [null, "", "{", "null", "7", "[]", '{"theme":"pink","text":7,"diagonal_in":"24","distance_m":-1,"order":1}']) {
    assert.deepEqual(read_settings(text), DEFAULTS);
  }
  assert.equal(read_length("3,5", "distance_m"), 3.5);
  assert.equal(read_length(" 24 ", "diagonal_in"), 24);
  for (const text of ["", "far", "-3", "1000"]) assert.equal(read_length(text, "distance_m"), null);
});

test("the most urgent bed stands first only where somebody wants it, and never on a wall", () => {
  assert.equal(by_urgency(DEFAULTS, false), false);
  assert.equal(by_urgency({ ...DEFAULTS, order: "urgent" }, false), true);
  assert.equal(by_urgency({ ...DEFAULTS, order: "urgent" }, true), false);
});

test("beds stand by their worst alarm, and without one as they always do", () => {
  const feed = new Feed({ beds: ["1", "2", "3", "4"].map((id) => bed({ bed: id, name: `Room ${id}` })) });
  const stands = (id, one) => feed.hear({ type: "alarms", seq: (feed.seq += 1), bed: id, version: 1, active: [one] });
  stands("2", alarm({ occurrence: "5", id: "NIBP_HIGH", priority: "medium" }));
  stands("4", alarm({ occurrence: "6", id: "SPO2_VERY_LOW", priority: "high" }));
  stands("3", alarm({ occurrence: "7", superseded: true }));
  const order = by_worst(feed.model.beds.values());
  assert.deepEqual(order.map(({ bed }) => bed.bed), ["4", "2", "1", "3"]);
  assert.deepEqual(order.map(({ worst }) => worst?.alarm.id), ["SPO2_VERY_LOW", "NIBP_HIGH", undefined, undefined]);
});

test("the address says whether the page hangs on a wall, and it says when the screen may go dark", () => {
  assert.ok(wants_kiosk("?kiosk"));
  assert.ok(wants_kiosk("?a=1&kiosk=yes"));
  assert.ok(!wants_kiosk(""));
  assert.ok(!wants_kiosk("?bed=kiosk"));
  assert.equal(lock_words("held", ""), "");
  assert.equal(lock_words("asking", ""), "");
  assert.match(lock_words("insecure", ""), /https/);
  assert.match(lock_words("refused", "low battery"), /low battery/);
});

test("no stylesheet asks the system for its colours or its motion: what is chosen here would not hold", () => {
  // Nothing is chosen on the pages that the service makes itself: they are as the telephone is.
  const chosen = (name) => name.endsWith(".css") && !["answer.css", "calling.css"].includes(name);
  for (const name of readdirSync(FOLDER, { recursive: true }).filter(chosen)) {
    const style = readFileSync(new URL(name, FOLDER), "utf8");
    assert.doesNotMatch(style, /prefers-(color-scheme|reduced-motion)/, name);
  }
});

test("a station's name is as long as the service takes one, in bytes and not in letters", () => {
  const client = readFileSync(new URL("../src/web/wire/client.rs", FOLDER), "utf8");
  assert.match(client, new RegExp(`const NAME_MAX: usize = ${NAME_MAX};`));
  assert.equal(is_short_enough("ä".repeat(32)), true);
  assert.equal(is_short_enough("ä".repeat(33)), false);
  assert.equal(is_short_enough("a".repeat(65)), false);
});

test("two displays of one name are told of at the second look, and two windows of one browser are one", () => {
  const desk = (said_ms_ago) => ({ station: "desk", said_ms_ago });
  const others = [{ station: "hall", said_ms_ago: 10 }, desk(6_001)];
  assert.equal(named_so([desk(10), desk(6_000), ...others], "desk"), 2, "one says nothing any more");
  const clash = new Clash();
  const look = (displays, now) => {
    clash.look([...displays, ...others], "desk", now);
    return clash.is_there;
  };
  assert.deepEqual([look([desk(1)], 0), look([desk(1), desk(2)], 10_000)], [false, false], "a connection may just have ended");
  assert.equal(look([desk(1), desk(2)], 20_000), true);
  clash.is_here("another window", 21_000);
  assert.equal(look([desk(1), desk(2)], 30_000), false);
  assert.deepEqual([look([desk(1), desk(2), desk(3)], 40_000), look([desk(1), desk(2), desk(3)], 45_000)], [false, true]);
  clash.forget();
  assert.equal(clash.is_there, false);
  // The other window has gone, and the display that goes by its name is another browser's.
  assert.deepEqual([look([desk(1), desk(2)], 50_000), look([desk(1), desk(2)], 60_000)], [false, true]);
});
