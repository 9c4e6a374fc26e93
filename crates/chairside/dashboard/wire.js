// @ts-check
// What comes over the socket (docs/websocket.md), as types, and the one function that reads it.
//
// Only here is text from outside turned into a message; everything behind it may rely on `type`.

/** @typedef {"high" | "medium" | "low"} Priority */
/** @typedef {"disconnected" | "connecting" | "connected"} LinkState */

/**
 * @typedef {object} Observation
 * @property {"observation"} [type]
 * @property {string} bed
 * @property {string} device
 * @property {string} metric
 * @property {number} [value] absent when unavailable
 * @property {string} unit
 * @property {"valid" | "questionable" | "unavailable"} validity
 * @property {string} [reason] why it is unavailable
 * @property {string} at RFC 3339: when it was measured
 * @property {number} expires_in_ms from when the message was made
 */

/** @typedef {{low?: number, high?: number, low_default?: number, high_default?: number}} Limits */
/** @typedef {"baseline" | "dosing" | "recovery"} Phase */
/** @typedef {{device: string, driver: string, link: LinkState, can_start_cuff?: boolean, discarded: Record<string, number>}} Device */
/** @typedef {{state: "idle" | "measuring" | "failed", text: string | null}} CuffState */
/** @typedef {{id: string, name: string, role: string}} Person */
/** @typedef {{running: boolean, text: string | null}} RecorderState */
/** @typedef {{at: string, by: string}} LastCheck when (RFC 3339) and by whom a complete day-start check was signed */

/**
 * @typedef {object} ActiveAlarm
 * @property {string} id
 * @property {string} occurrence this episode; what an acknowledgement names
 * @property {Priority} priority
 * @property {"physiological" | "technical"} kind
 * @property {boolean} present
 * @property {"on" | "latched" | "acknowledged" | "paused"} signal
 * @property {number} [call] the last call of the bed that it made
 * @property {boolean} superseded
 * @property {string} since RFC 3339
 * @property {string} [ended] RFC 3339; there when the condition is over
 * @property {string} evidence
 * @property {string} [evidence_at] RFC 3339: when that was so; since the beginning, where it is absent
 * @property {string} [by]
 * @property {{by: string, call?: number}[]} [declined] who does not come, and after which call they said so
 */

/**
 * An alarm that is paused, or a rule that is off.
 * @typedef {object} Suspended
 * @property {string} id
 * @property {"alarm_paused" | "rule_off"} kind
 * @property {string} until RFC 3339
 * @property {number} remaining_ms from when the message was made
 * @property {string} by
 * @property {string} reason
 */

/**
 * The sound of a bed at a station where not everything is heard.
 * @typedef {object} StationAudio
 * @property {string} station
 * @property {"paused" | "off"} sound
 * @property {string} until RFC 3339
 * @property {number} remaining_ms from when the message was made
 * @property {number} [covers]
 * @property {number} [reminder_in_ms]
 * @property {string} by
 * @property {string} [reason]
 */

/** @typedef {{count: number, worst: string, priority: Priority, since: string, text: string}} Flood */

/**
 * A number that is not as the profile ships it.
 * @typedef {object} ChangedLimit
 * @property {string} key
 * @property {string} alarm
 * @property {number} value
 * @property {number} default
 * @property {string} unit
 * @property {"person" | "phase" | "profile"} cause
 * @property {string} [by]
 * @property {string} [at]
 * @property {string} [reason]
 */

/**
 * @typedef {object} LimitsInForce
 * @property {Record<string, Limits>} limits
 * @property {number} nibp_interval_s
 * @property {Phase} [phase]
 * @property {ChangedLimit[]} [changed]
 */

/**
 * @typedef {object} BedItself
 * @property {string} bed
 * @property {string} name
 * @property {string} profile
 * @property {Record<string, string>} sources the device that each metric is read from
 * @property {Device[]} devices
 * @property {Observation[]} observations
 * @property {CuffState} cuff
 */

/** @typedef {{session: string, opened: string, by: string, treatment: boolean, patient: {initials?: string, number?: string} | null, phase: Phase, due: number}} Session `due` is how many checks are */
/** @typedef {{session: Session | null, readings_from?: string | null, simulated?: boolean}} SessionState what was measured before `readings_from` is another patient's, and what is simulated is nobody's */
/** @typedef {BedItself & LimitsInForce & SessionState} Bed */

/** @typedef {{type: "hello", protocol: number, epoch: string, seq: number, now: string, site: string}} Hello */
/**
 * Who comes for the alarms of a bed, or is there.
 * @typedef {object} Responsible
 * @property {string} by
 * @property {string} at RFC 3339
 * @property {string} [arrived_at] RFC 3339
 * @property {number} call the last of the bed that they answered
 */

/** @typedef {{version: number, active: ActiveAlarm[], responsible?: Responsible | null}} AlarmsOfBed */
/** @typedef {AlarmsOfBed & {type?: "alarms", bed: string, flood?: Flood | null, suspended?: Suspended[], audio?: StationAudio[]}} Alarms */
/** @typedef {{type: "limits", bed: string} & LimitsInForce} LimitsOfBed */
/** @typedef {{type: "snapshot", seq: number, beds: Bed[], alarms: Alarms[], staff: Person[], recorder: RecorderState, last_check: LastCheck | null}} Snapshot */
/** @typedef {{type: "waveform", bed: string, device: string, metric: string, at: string, period_us: number, samples: number[]}} Waveform */
/** @typedef {{type: "session", bed: string} & SessionState} SessionOfBed */
/** @typedef {{type: "link", bed: string, device: string, state: LinkState}} Link */
/** @typedef {{type: "cuff", bed: string, device: string} & CuffState} Cuff */
/** @typedef {{type: "care", bed: string, session: string, stage: string, entry: number}} Care an entry was made in a treatment */
/** @typedef {{type: "device_alarm", bed: string, device: string, priority: Priority, text: string}} DeviceAlarm */
/** @typedef {{type: "recorder"} & RecorderState} Recorder */
/** @typedef {{type: "check"} & LastCheck} Check */
/** @typedef {{type: "heartbeat", now: string, period_ms: number}} Heartbeat */
/** @typedef {{type: "resync", missed: number}} Resync */
/** @typedef {{type: "result", request: string, ok: boolean, error?: string, warning?: string}} Result */

/**
 * A message of the numbered stream.
 * @typedef {((Observation & {type: "observation"}) | Waveform | (Alarms & {type: "alarms"}) | LimitsOfBed | SessionOfBed | Link | Cuff
 *   | Care | DeviceAlarm | Recorder | Check | Heartbeat) & {seq: number}} Numbered
 */

/** @typedef {Hello | Snapshot | Resync | Result | Numbered} ServerMessage */

/** The version of the protocol that this page speaks. */
export const PROTOCOL = 1;

/**
 * Reads one frame of text: a message, or a list of them.
 * @param {unknown} text
 * @returns {ServerMessage[]} without what is not a message at all
 */
export function read(text) {
  if (typeof text !== "string") return [];
  try {
    const told = JSON.parse(text);
    return (Array.isArray(told) ? told : [told]).filter((one) => typeof one?.type === "string");
  } catch {
    return [];
  }
}
