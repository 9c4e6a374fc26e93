import assert from "node:assert/strict";
import { test } from "node:test";

import { Highest, is_open, of_strip, place, Places, Selection, SETTLE_MS, standing, StripOrder, title } from "../../../crates/chairside/dashboard/alarms.js";
import { alarm } from "./feed.js";

const at = (second) => `2026-01-05T12:00:${String(second).padStart(2, "0")}.000Z`;

function beds(...lists) {
  return lists.map((active, index) => ({
    bed: String(index + 1),
    name: `Room ${index + 1}`,
    alarms: { version: 1, active },
    courses: new Map(),
  }));
}

function check(lists, expected) {
  assert.deepEqual(
    standing(beds(...lists)).map(({ key }) => key),
    expected,
  );
}

const high = (occurrence, since) => alarm({ occurrence, priority: "high", since: at(since) });
const medium = (occurrence, since) => alarm({ occurrence, since: at(since) });
const low = (occurrence, since) => alarm({ occurrence, priority: "low", since: at(since) });

/** Room for as many as there are, each below the other. */
const ROOMY = { columns: 1, room: 99, selected: null };

const shown = (slots) => slots.filter((slot) => slot.shown).map(({ entry }) => entry.key);

test("the worst alarm comes first, and of equals the newest", () => {
  check([[medium("1", 5), low("2", 9)], [high("1", 1), high("2", 3)]], ["2/2", "2/1", "1/1", "1/2"]);
});

test("what calls for somebody comes before what somebody has seen", () => {
  const seen = { ...high("1", 1), signal: "acknowledged", by: "mn" };
  const ended = { ...high("2", 2), signal: "latched", present: false };
  const covered = { ...medium("3", 3), superseded: true };
  check([[seen, ended, covered, low("4", 4)]], ["1/4", "1/2", "1/1", "1/3"]);
});

test("of equal priority the patient comes before the equipment", () => {
  check([[{ ...high("1", 9), kind: "technical" }, high("2", 1)]], ["1/2", "1/1"]);
});

test("an alarm that a worse one stands for is not on the strip and takes no press", () => {
  const covered = { ...medium("1", 1), superseded: true };
  const all = standing(beds([covered, high("2", 2)]));
  assert.deepEqual(
    of_strip(all).map(({ key }) => key),
    ["1/2"],
  );
  assert.equal(all.length, 2, "it is in the list");
  assert.equal(is_open(covered), false);
});

test("a high alarm is never behind the number of those not shown", () => {
  const entries = standing(beds([high("1", 1), high("2", 2), high("3", 3), high("4", 4), medium("5", 5), low("6", 6)]));
  const order = new StripOrder();
  const room = { columns: 2, room: 2, selected: null };
  assert.deepEqual(shown(order.arrange(entries, 0, false, room)), ["1/4", "1/3", "1/2", "1/1"]);
  assert.equal(order.read("1/5", 9_000), null, "what cannot be seen takes no press");
  assert.deepEqual(shown(order.arrange(entries, 9_000, false, { ...room, selected: "1/6" })), ["1/4", "1/3", "1/2", "1/1", "1/5", "1/6"], "nor is the selected one, with what fills its row");
  assert.equal(order.read("1/6", 9_000 + SETTLE_MS - 1), null, "it has just come");
  assert.equal(order.read("1/6", 9_000 + SETTLE_MS).key, "1/6");
});

test("a row that high alarms have begun is filled with the worst of the others, in their order", () => {
  const room = { columns: 2, room: 2, most: 6, selected: null };
  const shown_of = (most, ...alarms) => shown(new StripOrder().arrange(standing(beds(alarms)), 0, false, { ...room, most }));
  const three = [high("1", 1), high("2", 2), high("3", 3)];
  assert.deepEqual(shown_of(6, ...three, medium("4", 4), low("5", 5)), ["1/3", "1/2", "1/1", "1/4"], "the fourth place was empty");
  assert.deepEqual(shown_of(3, ...three, medium("4", 4)), ["1/3", "1/2", "1/1"], "the beds keep their height");
  assert.deepEqual(shown_of(6, high("1", 1), high("2", 2), medium("4", 4)), ["1/2", "1/1"], "no row is begun for it");
  const seen = { ...high("3", 3), signal: "acknowledged", by: "mn" };
  assert.deepEqual(shown_of(6, high("1", 1), medium("4", 4), medium("5", 5), seen), ["1/1", "1/5", "1/4", "1/3"], "what somebody has seen comes last");
});

test("while a pointer is over the strip, what fills a row comes after what is held", () => {
  const order = new StripOrder();
  const room = { columns: 2, room: 2, most: 6, selected: null };
  const three = [high("1", 1), high("2", 2), high("3", 3)];
  order.arrange(standing(beds(three)), 0, false, room);
  const more = standing(beds([...three, medium("4", 9), medium("5", 8)]));
  assert.deepEqual(shown(order.arrange(more, 2_000, true, room)), ["1/3", "1/2", "1/1", "1/4"]);
  assert.equal(order.read("1/1", 2_000).key, "1/1", "no card has moved");
  const over = standing(beds([high("3", 3), medium("4", 9), medium("5", 8)]));
  assert.deepEqual(shown(order.arrange(over, 3_000, true, room)), ["1/3", "1/2", "1/1", "1/4"], "the place of what is over is not empty");
});

test("a call of the patient has a card, however many alarms there are and whatever they take of the height", () => {
  const call = { ...medium("1", 1), id: "PATIENT_CALL", kind: "technical" };
  const order = new StripOrder();
  const shown_of = (...alarms) => shown(order.arrange(standing(beds([...alarms, call])), 0, false, { columns: 1, room: 1, most: 1, selected: null }));
  assert.deepEqual(shown_of(high("2", 2), high("3", 3), medium("4", 4)), ["1/3", "1/1"]);
});

test("cards leave the beds their height: beyond that, the worst are shown, and the selected one", () => {
  const entries = standing(beds([high("1", 1), high("2", 2), high("3", 3), high("4", 4), medium("5", 5)]));
  const order = new StripOrder();
  const room = { columns: 2, room: 2, most: 3, selected: null };
  assert.deepEqual(shown(order.arrange(entries, 0, false, room)), ["1/4", "1/3", "1/2"]);
  assert.deepEqual(shown(order.arrange(entries, 9_000, false, { ...room, selected: "1/5" })), ["1/4", "1/3", "1/2", "1/5"]);
});

test("while a pointer is over the strip, a high alarm that begins to call has a card, however many are held", () => {
  const order = new StripOrder();
  const room = { columns: 1, room: 1, most: 1, selected: null };
  order.arrange(standing(beds([high("1", 1), high("2", 2)])), 0, false, room);
  const seen = { ...high("2", 2), signal: "acknowledged", by: "mn" };
  assert.deepEqual(shown(order.arrange(standing(beds([high("1", 1), seen])), 1_000, true, room)), ["1/2"], "nothing new");
  assert.deepEqual(shown(order.arrange(standing(beds([high("1", 1), seen, high("3", 3)])), 2_000, true, room)), ["1/2", "1/3"]);
  assert.deepEqual(shown(order.arrange(standing(beds([{ ...high("1", 1), call: 9 }, seen, high("3", 3)])), 3_000, true, room)), ["1/2", "1/3", "1/1"], "it calls again");
  assert.deepEqual(shown(order.arrange(standing(beds([high("1", 1), seen, high("3", 3)])), 9_000, false, room)), ["1/3"], "the beds have their height back");
});

test("a card that is too high for the strip does not come back when it has gone", () => {
  const highest = new Highest();
  assert.deepEqual([highest.see(0, "a"), highest.see(100, "a"), highest.see(180, "a"), highest.see(100, "a")], [0, 100, 180, 180]);
  assert.equal(highest.see(120, "b"), 120, "in another window, or with other columns, it is another height");
  assert.deepEqual([highest.see(0, "b"), highest.see(90, "b")], [0, 90], "no card is left that could come back");
});

test("nothing on the strip moves while a pointer is over it", () => {
  const order = new StripOrder();
  const before = standing(beds([medium("1", 1), medium("2", 2)]));
  order.arrange(before, 0, false, ROOMY);
  const after = standing(beds([medium("1", 1), high("3", 3)]));
  const held = order.arrange(after, 2_000, true, ROOMY);
  assert.deepEqual(
    held.map(({ entry, gone }) => [entry.key, gone]),
    [
      ["1/2", true],
      ["1/1", false],
      ["1/3", false],
    ],
  );
  const free = order.arrange(after, 3_000, false, ROOMY);
  assert.deepEqual(
    free.map(({ entry }) => entry.key),
    ["1/3", "1/1"],
  );
});

test("no card becomes narrower under a pointer: what is new lies below, and what calls is never behind what is over", () => {
  const order = new StripOrder();
  const room = (columns) => ({ columns, room: 3, selected: null });
  order.arrange(standing(beds([medium("1", 1)])), 0, false, room(1));
  const two = standing(beds([medium("1", 1), medium("2", 2)]));
  assert.deepEqual(shown(order.arrange(two, 2_000, true, room(2))), ["1/1", "1/2"]);
  assert.equal(order.columns, 1, "the first is as wide as it was");
  assert.equal(order.read("1/1", 2_000).key, "1/1", "and takes the press that was meant for it");
  order.arrange(two, 7_000, false, room(2));
  assert.equal(order.columns, 2);
  assert.equal(order.read("1/1", 7_000), null, "its button has moved");
  assert.equal(order.read("1/2", 7_000), null, "and so has that of the other");
});

test("while a pointer is over the strip, an alarm that is over takes the room of none that stands", () => {
  const order = new StripOrder();
  const room = { columns: 1, room: 1, selected: null };
  order.arrange(standing(beds([medium("1", 1)])), 0, false, room);
  const after = standing(beds([medium("2", 2)]));
  assert.deepEqual(shown(order.arrange(after, 2_000, true, room)), ["1/1", "1/2"]);
  const hidden = standing(beds([medium("2", 2), low("3", 3)]));
  assert.deepEqual(shown(order.arrange(hidden, 3_000, true, room)), ["1/1", "1/2"], "one more is behind the number");
  const risen = standing(beds([medium("2", 2), high("4", 4), low("3", 3)]));
  assert.deepEqual(shown(order.arrange(risen, 4_000, true, room)), ["1/1", "1/2", "1/4"], "a high one never is, and moves none");
  assert.deepEqual(shown(order.arrange(standing(beds([high("4", 4), low("3", 3)])), 5_000, true, room)), ["1/1", "1/2", "1/4"]);
  assert.deepEqual(shown(order.arrange(standing(beds([low("3", 3)])), 6_000, true, room)), ["1/1", "1/2", "1/4", "1/3"]);
});

test("a press goes with the call that was read, and an alarm that has just called again or risen takes none", () => {
  for (const held of [true, false]) {
    const order = new StripOrder();
    const read = { ...medium("1", 1), call: 4 };
    order.arrange(standing(beds([read])), 0, held, ROOMY);
    assert.equal(order.read("1/1", 5_000).alarm.call, 4);
    for (const [at, now] of [[10_000, { ...read, call: 5 }], [20_000, { ...read, call: 5, priority: "high" }]]) {
      order.arrange(standing(beds([now])), at, held, ROOMY);
      assert.equal(order.read("1/1", at + SETTLE_MS - 1), null);
      assert.deepEqual(order.read("1/1", at + SETTLE_MS).alarm, now);
    }
    order.arrange(standing(beds([{ ...read, call: 5, priority: "high", evidence: "SpO2 84 %" }])), 30_000, held, ROOMY);
    assert.equal(order.read("1/1", 30_000).key, "1/1", "another number of the same call is no other alarm");
  }
});

test("a press on a card that has just come to its place is not taken", () => {
  const order = new StripOrder();
  order.arrange(standing(beds([medium("1", 1)])), 0, false, ROOMY);
  assert.equal(order.read("1/1", SETTLE_MS - 1), null);
  assert.equal(order.read("1/1", SETTLE_MS)?.key, "1/1");
  order.arrange(standing(beds([medium("1", 1), high("2", 2)])), 5_000, false, ROOMY);
  assert.equal(order.read("1/1", 5_100), null, "it moved to the second place");
  assert.equal(order.read("1/2", 5_100), null, "it is new");
  order.arrange(standing(beds([medium("1", 1), high("2", 2)])), 5_400, false, ROOMY);
  assert.equal(order.read("1/2", 5_500)?.key, "1/2", "it has stayed");
});

test("a press on an alarm that is over is not taken", () => {
  const order = new StripOrder();
  order.arrange(standing(beds([medium("1", 1)])), 0, false, ROOMY);
  order.arrange([], 2_000, true, ROOMY);
  assert.equal(order.read("1/1", 9_000), null);
  assert.equal(order.read("7/7", 9_000), null, "never heard of");
});

test("a card that was pushed elsewhere on the screen takes no press at once", () => {
  const places = new Places();
  places.look([["1/1", "0,60,900"], ["1/2", "0,138,900"]], 0);
  assert.equal(places.has_settled("1/1", SETTLE_MS - 1), false);
  places.look([["1/1", "0,60,900"], ["1/2", "0,138,900"]], SETTLE_MS);
  assert.equal(places.has_settled("1/1", SETTLE_MS), true);
  places.look([["1/1", "0,138,900"], ["1/2", "0,216,900"]], 5_000);
  for (const key of ["1/1", "1/2"]) {
    assert.equal(places.has_settled(key, 5_000 + SETTLE_MS - 1), false);
    assert.equal(places.has_settled(key, 5_000 + SETTLE_MS), true);
  }
  places.look([["1/2", "0,216,900"]], 6_000);
  assert.equal(places.has_settled("1/1", 9_000), false, "it is not there");
});

test("a new episode of the same alarm is another card", () => {
  const order = new StripOrder();
  order.arrange(standing(beds([medium("1", 1)])), 0, false, ROOMY);
  order.arrange(standing(beds([medium("2", 9)])), 9_000, false, ROOMY);
  assert.equal(order.read("1/1", 20_000), null);
  assert.equal(order.read("1/2", 9_100), null);
});

test("the selection stays on its alarm while a worse one comes", () => {
  const selection = new Selection();
  selection.follow(standing(beds([medium("1", 1)])), 0);
  selection.follow(standing(beds([medium("1", 1), high("2", 2)])), 1_000);
  assert.equal(selection.key, "1/1");
  assert.equal(selection.may_press(1_000), true);
});

test("a key that is pressed once a worse alarm has come selects that and acknowledges nothing", () => {
  const selection = new Selection();
  selection.follow(standing(beds([medium("1", 1)])), 0);
  assert.equal(selection.worse(), null);
  const both = standing(beds([medium("1", 1), high("2", 2)]));
  selection.follow(both, 60_000);
  assert.equal(selection.worse()?.key, "1/2");
  selection.follow(both, 61_000);
  assert.deepEqual([selection.key, selection.worse()], ["1/2", null]);
  // Who has gone on to the lesser one by hand means that.
  selection.move(both, 1);
  selection.follow(both, 62_000);
  assert.deepEqual([selection.key, selection.worse()], ["1/1", null]);
  selection.follow(standing(beds([medium("1", 1), high("2", 2), high("3", 3)])), 63_000);
  assert.equal(selection.worse()?.key, "1/3", "and not once another has come");
});

test("a key that was meant for an alarm that is just over acknowledges no other", () => {
  const selection = new Selection();
  selection.follow(standing(beds([high("1", 1), medium("2", 2)])), 0);
  assert.equal(selection.key, "1/1");
  selection.follow(standing(beds([medium("2", 2)])), 5_000);
  assert.equal(selection.key, "1/2");
  assert.equal(selection.may_press(5_000 + SETTLE_MS - 1), false);
  assert.equal(selection.may_press(5_000 + SETTLE_MS), true);
});

test("a key that was meant for a call acknowledges no later one", () => {
  const selection = new Selection();
  const read = { ...medium("1", 1), call: 4 };
  selection.follow(standing(beds([read])), 0);
  selection.follow(standing(beds([{ ...read, call: 5 }])), 5_000);
  assert.equal(selection.may_press(5_000 + SETTLE_MS - 1), false);
  assert.equal(selection.may_press(5_000 + SETTLE_MS), true);
  selection.choose("1/1");
  selection.follow(standing(beds([{ ...read, call: 5, priority: "high" }])), 9_000);
  assert.equal(selection.may_press(9_000), false, "nor one that has risen");
});

test("a person goes from alarm to alarm by hand, past those that call for nobody", () => {
  const selection = new Selection();
  const seen = { ...medium("2", 2), signal: "acknowledged" };
  const wanted = standing(beds([high("1", 1), seen, low("3", 3)]));
  selection.follow(wanted, 0);
  selection.move(wanted, 1);
  assert.equal(selection.key, "1/3");
  assert.equal(selection.may_press(1), true, "it was chosen by hand");
  selection.move(wanted, 1);
  assert.equal(selection.key, "1/1");
  selection.move([], 1);
  assert.equal(selection.key, "1/1");
});

test("every alarm has a name in words, and those of a number a place beside it", () => {
  assert.equal(title("SPO2_VERY_LOW"), "SpO₂ very low");
  assert.equal(title("SOMETHING_NEW"), "something new");
  const placed = ["SPO2_PROBE_OFF", "HR_LOW", "NIBP_OVERDUE", "APNEA", "CO2_NO_DATA", "DEVICE_LINK_LOST"].map(place);
  assert.deepEqual(placed, ["spo2", "rate", "nibp", "rr", "etco2", null]);
});
