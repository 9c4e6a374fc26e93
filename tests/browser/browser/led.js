// Short sessions that are led over HTTP, by a clinician who passes over what is not met.

import assert from "node:assert/strict";

/** Has something entered in a session, and returns which session that is. */
async function enters(address, bed, session, action) {
  const body = { by: "ak", station: "desk", session, action, pass_over: true, reason: "a short one" };
  const answer = await fetch(`${address}/api/v1/beds/${bed}/care`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  assert.ok(said.ok, `${JSON.stringify(action)}: ${said.error}`);
  return said.session;
}

/**
 * Leads a session from its plan until the patient leaves; `before` is waited for before the baseline
 * is taken, and `after` after the dose, with what enters something.
 */
export async function leads(address, bed, { plan, weight = null, amount_mg, before = async () => {}, after }) {
  const session = await enters(address, bed, undefined, { action: "schedule", ...plan });
  const does = (action) => enters(address, bed, session, action);
  const steps = async (...stages) => {
    for (const to of stages) await does({ action: "step", to });
  };
  await steps("screening");
  if (weight !== null) await does({ action: "weigh", weight_kg: weight });
  await steps("baseline");
  await before();
  await does({ action: "take_baseline" });
  await steps("ready", "dosing");
  await does({ action: "dose", dose: "bolus", drug: "ketamine", route: "intramuscular", amount_mg });
  await after(does);
  await steps("peak", "recovery", "discharged");
  return session;
}

/** A minute of a demo that goes sixty times as fast as the world, milliseconds. */
const MINUTE_MS = 1_000;

const minutes = (count) => new Promise((resolve) => {
  setTimeout(resolve, count * MINUTE_MS);
});

/** Leads some sessions of one patient, and one of another, in a demo of that pace. */
export async function some_sessions(address) {
  const of = (initials, number) => ({ protocol: "im-ketamine", initials, number });
  const rates = async (does, moaas, cadss6, ponv) => {
    await does({ action: "score", score: "moaas", items: [moaas] });
    await does({ action: "score", score: "cadss6", items: cadss6 });
    await does({ action: "score", score: "ponv", items: [ponv] });
  };
  const other = leads(address, "1", {
    plan: of("A. L.", "77"),
    weight: 81,
    amount_mg: 30,
    after: async (does) => {
      await minutes(20);
      await does({ action: "event", event: "position" });
    },
  });
  const sessions = [
    { bed: "3", weight: 70, amount_mg: 21, ratings: [4, [1, 2, 1, 2, 1, 1], 1], events: ["vomiting"] },
    { bed: "2", weight: 70, amount_mg: 28, ratings: [4, [1, 1, 0, 1, 0, 1], 0], events: [] },
    { bed: "3", weight: null, amount_mg: 28, ratings: [5, [0, 1, 0, 1, 0, 0], 0], events: ["oxygen_on"] },
  ];
  for (const { bed, weight, amount_mg, ratings, events } of sessions) {
    await leads(address, bed, {
      plan: of("M. K.", "1042"),
      weight,
      amount_mg,
      before: () => minutes(12),
      after: async (does) => {
        await minutes(15);
        await rates(does, ...ratings);
        for (const event of events) await does({ action: "event", event });
        await minutes(30);
      },
    });
  }
  await other;
}
