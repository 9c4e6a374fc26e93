import assert from "node:assert/strict";
import { test } from "node:test";

import { Actions } from "../../../crates/chairside/dashboard/actions.js";
import { Acting } from "../../../crates/chairside/dashboard/acting.js";
import { cuff_orders, order_key } from "../../../crates/chairside/dashboard/cuff.js";
import { refusal_words } from "../../../crates/chairside/dashboard/evidence.js";
import { speak } from "../../../crates/chairside/dashboard/language.js";
import { LOST_MS } from "../../../crates/chairside/dashboard/model.js";
import { alarm, bed, Feed } from "./feed.js";

const NOTHING = new Set();

/** A ward whose monitor can be told, or cannot. */
function ward(can_start_cuff = true) {
  const plain = bed();
  const devices = plain.devices.map((one) => (one.device === "v100-1" ? { ...one, can_start_cuff } : { ...one, can_start_cuff: false }));
  const feed = new Feed({ beds: [{ ...plain, devices }] });
  feed.orders = (sending = NOTHING, now = feed.now) => cuff_orders(feed.model, feed.model.beds.get("1"), sending, now);
  feed.link = (state) => feed.send({ type: "link", bed: "1", device: "v100-1", state });
  feed.does = (state) => feed.send({ type: "cuff", bed: "1", device: "v100-1", state, text: null });
  return feed;
}

test("there are buttons only where the device that gives the pressures can be told", () => {
  assert.equal(ward(false).orders(), null);
  assert.deepEqual(ward().orders(), { why_not_start: "", can_stop: false, why_not_stop: "" });
  const without_cuff = new Feed({ beds: [bed({ sources: { SpO2: "nonin-1" } })] });
  assert.equal(cuff_orders(without_cuff.model, without_cuff.model.beds.get("1"), NOTHING, without_cuff.now), null);
  const of_an_old_service = new Feed();
  assert.equal(cuff_orders(of_an_old_service.model, of_an_old_service.model.beds.get("1"), NOTHING, of_an_old_service.now), null);
});

test("while the cuff measures it can be cancelled and not started", () => {
  const feed = ward();
  feed.does("measuring");
  assert.deepEqual(feed.orders(), { why_not_start: "measuring", can_stop: true, why_not_stop: "" });
  feed.does("idle");
  assert.equal(feed.orders().can_stop, false);
});

test("an order that is on its way is not given again, and can be cancelled", () => {
  const feed = ward();
  const starting = feed.orders(new Set([order_key("1", "start")]));
  assert.deepEqual(starting, { why_not_start: "waiting for the device…", can_stop: true, why_not_stop: "" });
  assert.equal(feed.orders(new Set([order_key("2", "start")])).why_not_start, "", "that is another bed's");
});

test("a device that cannot be reached is not told, and why is said", () => {
  const feed = ward();
  feed.link("connecting");
  assert.deepEqual(feed.orders(), { why_not_start: "v100-1 is silent", can_stop: false, why_not_stop: "" });
  feed.link("disconnected");
  const gone = "v100-1 is not connected";
  assert.deepEqual(feed.orders(), { why_not_start: gone, can_stop: false, why_not_stop: gone });
  feed.link("connected");
  const lost = feed.orders(NOTHING, feed.now + LOST_MS + 1);
  assert.deepEqual([lost.why_not_start, lost.why_not_stop], ["no connection to the service", "no connection to the service"]);
});

test("a device that nobody has confirmed is not started, and can be stopped", () => {
  const feed = ward();
  const swapped = (evidence, present = true) =>
    feed.send({ type: "alarms", bed: "1", version: feed.seq, active: [alarm({ id: "DEVICE_SWAPPED", evidence, present })] });
  swapped("nonin-1 says it is B, and was A in this session");
  assert.equal(feed.orders().why_not_start, "", "that is another device of the bed");
  swapped("nonin-1 says it is B, and was A in this session; v100-1 says it is D, and was C in this session");
  assert.deepEqual(feed.orders(), { why_not_start: "another device answers: confirm it first", can_stop: false, why_not_stop: "" });
  swapped("v100-1 says it is D, and was C in this session", false);
  assert.equal(feed.orders().why_not_start, "", "it is back");
});

/** A person at a station who is known, or has to be asked. */
function person({ known = true, connected = true } = {}) {
  const said = { sent: [], notices: [], asked: [] };
  const people = {
    by: (_staff, question, then) => (known ? then("mn") : said.asked.push([question, then])),
  };
  const actions = new Actions("page", "desk");
  const acting = new Acting(actions, people, {
    staff: () => [],
    notice: (text) => said.notices.push(text),
    clear_notice: () => {},
    send: (message) => connected && said.sent.push(message) > 0,
  });
  return { acting, actions, said };
}

test("an order is sent once, with the person, and only by a person", () => {
  const { acting, actions, said } = person();
  const room = { bed: "1", name: "Room 1" };
  acting.cuff(room, "start");
  acting.cuff(room, "start");
  assert.equal(said.sent.length, 1);
  const { type, bed: where, order, by, station, request } = said.sent[0];
  assert.deepEqual([type, where, order, by, station], ["cuff", "1", "start", "mn", "desk"]);
  acting.cuff(room, "stop");
  assert.equal(said.sent[1].order, "stop", "it does not wait for the other");
  assert.equal(actions.answered({ type: "result", request, ok: true }), "Room 1, cuff: measuring");

  const unknown = person({ known: false });
  unknown.acting.cuff(room, "start");
  assert.deepEqual(unknown.said.sent, []);
  const [question, then] = unknown.said.asked[0];
  assert.equal(question, "Who measures: Room 1, cuff?");
  then("jr");
  assert.equal(unknown.said.sent[0].by, "jr");
});

test("an order that could not be sent is not kept for later", () => {
  const { acting, said } = person({ connected: false });
  acting.cuff({ bed: "1", name: "Room 1" }, "start");
  assert.deepEqual(said.notices, ["There is no connection – nothing was sent to the cuff"]);
  assert.deepEqual(said.sent, []);
});

test("the device has longer to answer than the service alone", () => {
  const actions = new Actions("page", "desk");
  const { acting, said } = person();
  acting.cuff({ bed: "1", name: "Room 1" }, "start");
  const message = actions.make("cuff", { key: "k", bed: "1", what: "Room 1, cuff", not_done: "", within_ms: 12_000 }, {}, "mn", 0);
  assert.equal(message.within_ms, undefined, "that is this page's own");
  assert.equal(actions.overdue(11_999), null);
  assert.equal(actions.overdue(12_000), "Room 1, cuff: no answer from the service – look whether it was done");
  assert.equal(said.sent.length, 1);
});

test("what became of an order is said in the page's language", async () => {
  const said = [
    "a determination is under way; nothing was sent",
    "another device answers than before; confirm first that it belongs to this bed; nothing was sent",
    "the order was sent and the device gave no answer within 5 s; it may do it all the same: look at the device",
    "the line was lost before the device answered; it may do it all the same: look at the device",
  ];
  for (const text of said) assert.equal(refusal_words(text), text);
  await speak("de");
  assert.equal(refusal_words(said[0]), "es wird schon gemessen; es wurde nichts gesendet");
  for (const text of said) assert.doesNotMatch(refusal_words(text), /nothing|device|order/);
  await speak("en");
});
