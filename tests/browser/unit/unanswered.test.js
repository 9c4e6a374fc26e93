// A request whose answer was lost, and the press that comes after it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { SAME_MS, Unanswered } from "../../../crates/chairside/dashboard/treatment/unanswered.js";

const request = (name) => ({ request: name });

test("pressed again as it stands it is the same request, until it is answered or says something else", () => {
  const unanswered = new Unanswered();
  const form = {};
  const sent = (said, name, now_ms) => unanswered.body(form, said, request(name), now_ms).request;
  assert.equal(sent("10 mg", "a", 0), "a");
  assert.equal(sent("10 mg", "b", 9_000), "a", "the first was not answered");
  assert.equal(sent("20 mg", "c", 10_000), "c", "another dose");
  assert.equal(sent("10 mg", "d", 11_000), "d", "what it said before is past");
  unanswered.settled(form);
  assert.equal(sent("10 mg", "e", 12_000), "e", "a second dose of the same amount");
  assert.equal(unanswered.body({}, "10 mg", request("f"), 12_000).request, "f", "another form");
});

test("the same amount much later is another dose, also where the first was never answered", () => {
  const unanswered = new Unanswered();
  const form = {};
  const sent = (name, now_ms) => unanswered.body(form, "10 mg", request(name), now_ms).request;
  assert.equal(sent("a", 0), "a");
  assert.equal(sent("b", SAME_MS - 1), "a");
  assert.equal(sent("c", SAME_MS), "c", "counted from when it was first sent");
});
