// Which curves a bed has, and which of them are of the patient.

import assert from "node:assert/strict";
import { test } from "node:test";

import { curves_of, EVERY, is_credible, ON_TILE } from "../../../crates/chairside/dashboard/curves.js";
import { frame_ms } from "../../../crates/chairside/dashboard/wave.js";
import { bed, Feed } from "./feed.js";

const SOURCES = { EcgII: "ge-1", HeartRate: "ge-1", Pleth: "ge-1", SpO2: "ge-1", Co2: "ge-1", Resp: "ge-1" };

function feed_with(...metrics) {
  const devices = [{ device: "ge-1", driver: "ge-dri", link: "connected", discarded: {} }];
  const feed = new Feed({ beds: [bed({ sources: SOURCES, devices })] });
  for (const metric of metrics) {
    feed.send({ type: "waveform", bed: "1", device: "ge-1", metric, at: feed.wall(), period_us: 10_000, samples: [1, 2] });
  }
  return feed;
}

const names = (curves) => curves.map(({ metric }) => metric);

test("the curves that came lie in the order of a bedside monitor, all of them at the bed and two on the tile", () => {
  const one = feed_with("Resp", "Co2", "Pleth", "EcgII").model.beds.get("1");
  assert.deepEqual(names(curves_of(one, EVERY)), ["EcgII", "Pleth", "Co2", "Resp"]);
  assert.deepEqual(names(curves_of(one, ON_TILE)), ["Pleth", "Co2"]);
  assert.deepEqual(names(curves_of(feed_with("EcgII").model.beds.get("1"), EVERY)), ["EcgII"], "what never came has no place");
});

test("a curve whose sensor is not on the patient is not the patient's", () => {
  const feed = feed_with("EcgII", "Pleth");
  const credible = () => ["EcgII", "Pleth", "Co2"].map((metric) => is_credible(feed.model.beds.get("1"), metric));
  feed.observe("SpO2", 97);
  feed.observe("HeartRate", 70);
  assert.deepEqual(credible(), [true, true, true]);
  feed.observe("HeartRate", null, { validity: "unavailable", reason: "SensorOff" });
  assert.deepEqual(credible(), [false, true, true]);
  feed.observe("SpO2", null, { validity: "unavailable", reason: "NoSensor" });
  assert.deepEqual(credible(), [false, false, true]);
});

test("a curve whose pen is slow is drawn less often, and a wide one in each frame", () => {
  assert.equal(frame_ms(300), 100);
  assert.equal(frame_ms(460), 50);
  assert.equal(frame_ms(1_600), 50);
});
