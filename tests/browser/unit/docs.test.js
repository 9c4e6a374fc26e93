import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { read } from "../../../crates/chairside/dashboard/wire.js";
import { Feed } from "./feed.js";

const page = readFileSync(new URL("../../../docs/websocket.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => match[1]);

test("every example of the feed's page can be read, and has a heading of its own", () => {
  assert.ok(examples.length > 15);
  for (const text of examples) {
    const message = read(text);
    assert.ok(message, text);
    assert.ok(page.includes(`\n### ${message.type}\n`), message.type);
  }
});

test("the examples of the stream, played in their order, give the bed that they describe", () => {
  const feed = new Feed();
  for (const text of examples) feed.hear(JSON.parse(text));
  const bed = feed.model.beds.get("1");
  assert.equal(feed.model.seq, 1850);
  assert.equal(bed.readings.get("SpO2").reason, "SensorOff");
  assert.equal(bed.alarms.active[0].id, "SPO2_VERY_LOW");
  assert.equal(bed.devices.get("nonin-1").link, "disconnected");
  assert.equal(bed.cuff.text, "took too long");
  assert.equal(feed.model.recorder.running, false);
});

test("every message of the wire's types has its heading", () => {
  const types = readFileSync(new URL("../../../crates/chairside/src/web/wire.rs", import.meta.url), "utf8");
  const enums = [...types.matchAll(/pub enum (?:ServerMessage|ClientMessage) \{([\s\S]*?)\n\}/g)];
  const names = enums.flatMap(([, body]) => [...body.matchAll(/^ {4}([A-Z]\w*)/gm)].map(([, name]) => name));
  assert.ok(names.length >= 16, names.join());
  for (const name of names) {
    const type = name.replace(/(?<=.)([A-Z])/g, "_$1").toLowerCase();
    assert.ok(page.includes(`\n### ${type}\n`), type);
  }
});
