// Each state that an alarm, or a bed without one, can be in: for the audit and for the pictures.

import { alarm } from "../unit/feed.js";
import { full_bed } from "./stage.js";

const WELL = { NibpSystolic: 121, NibpDiastolic: 77, NibpMean: 92 };

const ago = (seconds) => new Date(Date.now() - seconds * 1_000).toISOString();

const low = (overrides = {}) => alarm({ occurrence: "1", since: ago(40), ...overrides });

const very_low = (overrides = {}) =>
  alarm({ id: "SPO2_VERY_LOW", occurrence: "2", priority: "high", since: ago(24), evidence: "SpO2 86 % below 88 % for 6 s", ...overrides });

const until = (seconds) => ({ until: ago(-seconds), remaining_ms: seconds * 1_000, by: "mn" });

/**
 * What each state is called, what it shows in one sentence, and what the service says of its bed:
 * `active`, `responsible`, `flood`, `suspended`, `audio` as in the message `alarms`; `values` of its numbers;
 * `also` are further messages.
 */
export function states(station) {
  return [
    { name: "calm", says: "No alarm: nothing is filled, nothing flashes." },
    {
      name: "high",
      says: "A high alarm: red, flashing twice a second, with the reason in plain numbers.",
      values: { SpO2: 86 },
      active: [very_low()],
    },
    {
      name: "medium",
      says: "A medium alarm: yellow, flashing slowly.",
      values: { SpO2: 90 },
      active: [low()],
    },
    {
      name: "low",
      says: "A low alarm: cyan and steady.",
      values: { NibpSystolic: 168, NibpDiastolic: 98, NibpMean: 121 },
      active: [alarm({ id: "NIBP_HIGH", priority: "low", since: ago(70), evidence: "NIBP 168/98 mmHg, limit 165/100" })],
    },
    {
      name: "technical",
      says: "A technical alarm: a wrench and a hatched edge; dashes stand where no number is.",
      gone: { SpO2: "SensorOff", PulseRate: "SensorOff" },
      active: [alarm({ id: "SPO2_PROBE_OFF", kind: "technical", since: ago(33), evidence: "probe off for 30 s" })],
    },
    {
      name: "signal-lost",
      says: "A device that has just fallen silent: said at once, before the alarm of it.",
      also: [{ type: "link", device: "nonin-1", state: "disconnected" }],
    },
    {
      name: "acknowledged",
      says: "Somebody has seen it: an outline without flashing, whose initials, and still how urgent it is.",
      values: { SpO2: 86 },
      active: [very_low({ signal: "acknowledged", by: "mn" })],
    },
    {
      name: "latched",
      says: "A high alarm is over and nobody has seen it: a dashed outline that stays.",
      active: [very_low({ present: false, signal: "latched", ended: ago(9) })],
    },
    {
      name: "superseded",
      says: "The worse alarm stands for the lesser one of its kind: one card, not two.",
      values: { SpO2: 86 },
      active: [very_low(), low({ superseded: true })],
    },
    {
      name: "paused",
      says: "An alarm that somebody paused: dotted, with the time that is left and who.",
      values: { SpO2: 90 },
      active: [low({ signal: "paused", by: "mn" })],
      suspended: [{ id: "SPO2_LOW", kind: "alarm_paused", ...until(101), reason: "coughing" }],
    },
    {
      name: "rule-off",
      says: "A rule that is off: a crossed triangle beside its number, and its limit struck through.",
      suspended: [{ id: "SPO2_LOW", kind: "rule_off", ...until(3_541), by: "ak", reason: "known, doctor informed" }],
    },
    {
      name: "sound-paused",
      says: "Sound paused at this station for this bed: the alarm looks as before, and the bell says for how long.",
      values: { SpO2: 90 },
      active: [low({ call: 3 })],
      audio: [{ station, sound: "paused", covers: 3, ...until(89) }],
    },
    {
      name: "sound-off",
      says: "Sound off at this station for this bed: said across the page as well.",
      audio: [{ station, sound: "off", reminder_in_ms: 180_000, ...until(3_500), by: "ak" }],
    },
    {
      name: "flood",
      says: "Very many alarms at once: one line counts them, and none is left out.",
      values: { SpO2: 86, PulseRate: 141, NibpSystolic: 186, NibpDiastolic: 114, NibpMean: 138, EtCO2: 63 },
      active: [
        very_low(),
        alarm({ id: "NIBP_VERY_HIGH", occurrence: "3", priority: "high", since: ago(20), evidence: "NIBP 186/114 mmHg, limit 180/110" }),
        alarm({ id: "HR_HIGH", occurrence: "4", since: ago(30), evidence: "PulseRate 141/min above 120/min for 10 s" }),
        alarm({ id: "ETCO2_HIGH", occurrence: "5", since: ago(12), evidence: "EtCO2 63 mmHg above 60 mmHg for 10 s" }),
      ],
      flood: { count: 4, worst: "SPO2_VERY_LOW", priority: "high", since: ago(30), text: "4 alarms, worst: SPO2_VERY_LOW" },
    },
    {
      name: "patient-call",
      says: "The patient calls: by its priority like every alarm, and without the wrench.",
      active: [alarm({ id: "PATIENT_CALL", kind: "technical", since: ago(14), evidence: "the patient asks for somebody" })],
    },
    {
      name: "help-wanted",
      says: "A nurse asks for help, and says over what; somebody does not come for the alarm.",
      values: { SpO2: 90 },
      active: [
        alarm({ id: "HELP_WANTED", kind: "technical", occurrence: "6", priority: "high", since: ago(9), evidence: "mn asks for help: SPO2_LOW" }),
        low({ call: 3, declined: [{ by: "mn", call: 3 }] }),
      ],
    },
    {
      name: "coming",
      says: "A nurse comes: whose name it is stands with the alarm, which goes on until somebody has seen it.",
      values: { SpO2: 90 },
      active: [low({ call: 3 })],
      responsible: { by: "mn", at: ago(12), call: 3 },
    },
    {
      name: "cuff-failed",
      says: "The cuff found no pressure: the last one is dimmed, with a mark, its age and the reason.",
      also: [{ type: "cuff", device: "v100-1", state: "failed", text: "no reading found" }],
    },
    {
      name: "session",
      says: "A session is open: whose bed it is, since when, and in which phase; an alarm from before it is not of this patient.",
      active: [low({ id: "NIBP_HIGH", occurrence: "7", since: ago(700), evidence: "NIBP 171/103 mmHg, limit 165/100" })],
      also: [{ type: "session", session: { session: "5f1c2c9a04b7d310", opened: ago(610), by: "mn", patient: { initials: "M. L.", number: "1042" }, phase: "dosing" }, readings_from: ago(640) }],
    },
  ];
}

/** Every number is watched, as with the profiles that are built in. */
const LIMITS = {
  SpO2: { low: 92 },
  PulseRate: { low: 50, high: 120 },
  RespirationRate: { low: 8, high: 30 },
  EtCO2: { low: 25, high: 60 },
  NibpSystolic: { low: 90, high: 165 },
  NibpDiastolic: { high: 100 },
};

/** The bed of a state, before anything is said of its alarms. */
export function bed_of(state, id, name = `Room ${id}`) {
  const one = full_bed({ bed: id, name, limits: LIMITS, values: { ...WELL, ...state.values } });
  for (const observation of one.observations) {
    const reason = state.gone?.[observation.metric];
    if (reason) Object.assign(observation, { value: undefined, validity: "unavailable", reason });
  }
  return one;
}

/** Says what a state is to a page whose bed it is. */
export function tell(stage, state, id) {
  const { active = [], responsible = null, flood = null, suspended = [], audio = [] } = state;
  stage.alarms(active, id, { responsible, flood, suspended, audio });
  for (const message of state.also ?? []) stage.send({ bed: id, ...message });
}
