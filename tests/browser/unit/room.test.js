import assert from "node:assert/strict";
import { test } from "node:test";

import { ANSWER_MAX_MS, can_call, COMING_MS, EARLY_MS, Hold, HOLD_MS, Room, room_words } from "../../../crates/chairside/dashboard/room.js";

const HERE = { live: true, known: true, epoch: "e", call: null };

/** A screen that has heard the service at 0 ms, with what it says at a moment. */
function room(here = {}) {
  const one = new Room();
  one.follow({ ...HERE, ...here }, 0);
  return one;
}

test("a button that is held for a second is held once, and says how far it is", () => {
  const hold = new Hold();
  assert.equal(hold.progress(0), 0);
  hold.press(1_000);
  assert.equal(hold.progress(1_000), 0);
  assert.equal(hold.progress(1_500), 0.5);
  assert.equal(hold.is_done(1_999), false);
  // A key that repeats does not begin anew.
  hold.press(1_900);
  assert.equal(hold.is_done(1_000 + HOLD_MS), true);
  assert.equal(hold.is_done(9_000), false, "once");
  assert.equal(hold.progress(9_000), 0);
  assert.equal(hold.let_go(), false, "it was held for long enough");
});

test("a button that is let go early was held for nothing", () => {
  const hold = new Hold();
  hold.press(0);
  assert.equal(hold.is_done(HOLD_MS - 1), false);
  assert.equal(hold.let_go(), true);
  assert.equal(hold.is_done(HOLD_MS), false);
  hold.press(5_000);
  assert.equal(hold.progress(5_500), 0.5, "it begins anew");
  assert.equal(hold.progress(4_000), 0, "a frame may be older than the press");
});

test("a call is said to be made when the service says so, and to be answered when it has ended", () => {
  const one = room();
  assert.equal(one.state(0), "calm");
  one.sent(100);
  assert.equal(one.state(100), "sending");
  one.follow({ ...HERE, call: "7" }, 200);
  assert.equal(one.state(200), "called");
  one.follow({ ...HERE, call: "7" }, 600_000);
  assert.equal(one.state(600_000), "called", "for as long as it takes");
  one.follow(HERE, 700_000);
  assert.equal(one.state(700_000), "coming");
  assert.equal(one.state(700_000 + COMING_MS - 1), "coming");
  assert.equal(one.state(700_000 + COMING_MS), "calm");
});

test("somebody may call again while somebody comes", () => {
  const one = room({ call: "7" });
  one.follow(HERE, 1_000);
  assert.ok(can_call(one.state(1_000)));
  one.sent(2_000);
  assert.equal(one.state(2_000), "sending");
  one.follow({ ...HERE, call: "8" }, 2_100);
  assert.equal(one.state(2_100), "called");
});

test("without the service nothing is claimed and nobody can be called", () => {
  const one = new Room();
  assert.equal(one.state(0), "waiting");
  assert.match(room_words("waiting"), /call out loud/);
  one.follow({ ...HERE, live: false, known: false }, 0);
  assert.equal(one.state(0), "waiting", "that it knows no bed yet says nothing");
  one.follow({ ...HERE, call: "7" }, 1_000);
  one.follow({ ...HERE, live: false, call: "7" }, 2_000);
  assert.equal(one.state(2_000), "no_connection", "not even that somebody is being called");
  for (const state of ["waiting", "no_connection", "sending", "called", "unknown"]) assert.equal(can_call(state), false, state);
});

test("a call that was answered while nothing was heard was answered, unless the service is another one", () => {
  for (const [epoch, expected] of [["e", "coming"], ["f", "ended"]]) {
    const one = room({ call: "7" });
    one.follow({ ...HERE, live: false, call: null }, 1_000);
    one.follow({ ...HERE, epoch }, 2_000);
    assert.equal(one.state(2_000), expected);
    assert.ok(can_call(expected));
  }
  const kept = room({ call: "7" });
  kept.follow({ ...HERE, epoch: "f", call: "7" }, 2_000);
  assert.equal(kept.state(2_000), "called", "a restart keeps it");
});

test("a call that is refused, or of which nothing is heard, was not made", () => {
  const refused = room();
  refused.sent(0);
  refused.refused(100);
  assert.equal(refused.state(100), "not_made");
  assert.match(room_words("not_made"), /call out loud/);
  assert.ok(can_call("not_made"), "it can be tried again");

  const silent = room();
  silent.sent(0);
  silent.follow(HERE, ANSWER_MAX_MS - 1);
  assert.equal(silent.state(ANSWER_MAX_MS - 1), "sending");
  silent.follow(HERE, ANSWER_MAX_MS);
  assert.equal(silent.state(ANSWER_MAX_MS), "not_made");
  silent.follow({ ...HERE, call: "7" }, ANSWER_MAX_MS + 1);
  assert.equal(silent.state(ANSWER_MAX_MS + 1), "called", "it came late");

  const lost = room();
  lost.sent(0);
  lost.follow({ ...HERE, live: false }, 100);
  lost.follow({ ...HERE, live: false }, ANSWER_MAX_MS);
  lost.follow(HERE, ANSWER_MAX_MS + 100);
  assert.equal(lost.state(ANSWER_MAX_MS + 100), "not_made");
});

test("that the button was let go early is said calmly and for a while", () => {
  const one = room();
  one.let_go_early(0);
  assert.equal(one.state(EARLY_MS - 1), "early");
  assert.ok(can_call("early"));
  assert.equal(one.state(EARLY_MS), "calm");
  one.let_go_early(10_000);
  one.sent(11_000);
  one.refused(11_100);
  assert.equal(one.state(11_200), "not_made");
});

test("a bed that does not exist is said to be none", () => {
  const one = room({ known: false });
  assert.equal(one.state(0), "unknown");
  assert.match(room_words("unknown"), /no bed/);
});
