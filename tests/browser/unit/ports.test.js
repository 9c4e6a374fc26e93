// What is said of a port, and of what was found out there.

import assert from "node:assert/strict";
import { test } from "node:test";

import { found_words, port_words } from "../../../crates/chairside/dashboard/ports.js";

const PORT = { port: "/dev/ttyS1", adapter: "FTDI FT232R", bed: "Room 1", device: "nonin-1", connected: true };
const NONIN = {
  name: "nonin",
  family: "Nonin Xpod",
  line: "9600 baud, 8N1, no flow control",
  asked: false,
  frames: 141,
  bytes: 705,
  discarded_bytes: 0,
  readings: [
    { metric: "SpO2", value: 97, unit: "%", reason: null },
    { metric: "PulseRate", value: null, unit: "/min", reason: "Searching" },
  ],
};

test("a port says what it is, whose, and whether it is read", () => {
  assert.equal(port_words(PORT), "FTDI FT232R · read as Room 1 · nonin-1");
  assert.equal(port_words({ ...PORT, connected: false }), "FTDI FT232R · for Room 1 · nonin-1, not read");
  assert.equal(port_words({ ...PORT, bed: null, device: null, connected: false }), "FTDI FT232R · belongs to no bed");
  assert.equal(port_words({ ...PORT, adapter: null, connected: false }), "no port that the machine knows · for Room 1 · nonin-1, not read");
});

test("a driver that fits is named with what speaks for it", () => {
  const words = found_words({ driver: NONIN, heard: [], asked: [], section: "" });
  assert.equal(
    words,
    "nonin: Nonin Xpod. It sends by itself. Sound frames: 141; bytes: 705, of which not usable: 0; 9600 baud, 8N1, no flow control. It says: SpO2 97 %, PulseRate Searching.",
  );
  assert.match(found_words({ driver: { ...NONIN, asked: true }, heard: [], asked: [], section: "" }), /answered when it was asked/);
});

test("what nobody reads is unknown, and a line on which nothing came is told apart from one that speaks", () => {
  assert.match(found_words({ driver: null, heard: [], asked: ["ge-v100", "ge-dri"], section: null }), /^Unknown\. Nothing came, and nobody answered ge-v100, ge-dri\./);
  const heard = [{ line: "9600 baud, 8N1, no flow control", bytes: 812 }];
  assert.match(found_words({ driver: null, heard, asked: [], section: null }), /^Unknown\. Something sends .*812 bytes \(9600 baud/);
});
