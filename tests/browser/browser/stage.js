// A page of the real service whose socket the test speaks on.

import { bed } from "../unit/feed.js";
import { at_end, live, open, until } from "./harness.js";

const STAFF = [
  { id: "mn", name: "M. N.", role: "nurse" },
  { id: "ak", name: "A. K.", role: "clinician" },
];

/**
 * Opens a page that is told what the test wants, and a heartbeat each second. `address_end` names
 * the view.
 */
export async function staged(browser, address, beds, { address_end = "", ...options } = {}) {
  const stage = { seq: 10, version: 1, epoch: 1, socket: null, beds, said: [] };
  /** What a page is told that connects anew, as one does that was held up for long. */
  const standing = new Map();
  stage.send = (message) => {
    keep(stage.beds, message);
    stage.seq += 1;
    stage.socket.send(JSON.stringify({ ...message, seq: stage.seq }));
  };
  stage.alarms = (active, of = "1", more = {}) => {
    stage.version += 1;
    const message = { bed: of, version: stage.version, active, ...more };
    standing.set(of, message);
    stage.send({ type: "alarms", ...message });
  };
  stage.heartbeat = () => stage.send({ type: "heartbeat", now: new Date().toISOString(), period_ms: 1_000 });
  const still = () => clearInterval(stage.beat);
  /** Says nothing any more, nor to a page that connects anew. */
  stage.silence = () => {
    stage.silent = true;
    still();
  };
  stage.page = await open(browser, "about:blank", options);
  await stage.page.routeWebSocket(/live/, (socket) => {
    still();
    if (stage.silent) return;
    stage.socket = socket;
    socket.onMessage((text) => stage.said.push(JSON.parse(text)));
    const now = new Date().toISOString();
    socket.send(JSON.stringify({ type: "hello", protocol: 1, epoch: `e${stage.epoch}`, seq: stage.seq, now, site: "stage" }));
    const recorder = { running: true, text: null };
    const snapshot = { type: "snapshot", seq: stage.seq, beds: stage.beds, alarms: [...standing.values()], staff: STAFF, recorder, last_check: null };
    socket.send(JSON.stringify(snapshot));
    stage.greeted = stage.epoch;
    stage.beat = setInterval(stage.heartbeat, 1_000);
  });
  at_end(still);
  await stage.page.goto(`${address}/${address_end}`);
  await live(stage.page);
  /** Other beds, told by another start of the service: nothing of the ones before is left. */
  stage.recast = async (cast) => {
    stage.epoch += 1;
    stage.beds = cast;
    standing.clear();
    still();
    await stage.socket.close();
    await until("the page to hear the other start", () => stage.greeted === stage.epoch);
    await live(stage.page);
  };
  stage.close = async () => {
    stage.silence();
    await stage.page.context().close();
  };
  return stage;
}

/** Takes what is told of a bed into it, for a page that connects anew. */
function keep(beds, { type, bed: of, ...told }) {
  const one = beds.find(({ bed: id }) => id === of);
  if (type === "link") one.devices.find(({ device }) => device === told.device).link = told.state;
  if (type === "cuff") one.cuff = { state: told.state, text: told.text };
  if (type === "observation") one.observations = [...one.observations.filter(({ metric }) => metric !== told.metric), { bed: of, ...told }];
}

/** A bed that measures everything, with a value of each metric. */
export function full_bed({ values = {}, ...overrides } = {}) {
  const dry = { SpO2: 97, PulseRate: 72, NibpSystolic: 186, NibpDiastolic: 114, NibpMean: 138 };
  const breath = { RespirationRate: 12, EtCO2: 40, Temperature: 36.6 };
  const all = { ...dry, ...breath, ...values };
  const device = (metric) => (metric in breath ? "capno-1" : metric.startsWith("Nibp") ? "v100-1" : "nonin-1");
  const at = new Date().toISOString();
  const id = overrides.bed ?? "1";
  return bed({
    sources: Object.fromEntries(Object.keys(all).map((metric) => [metric, device(metric)])),
    limits: { SpO2: { low: 92 }, NibpSystolic: { low: 90, high: 165 }, NibpDiastolic: { high: 100 } },
    devices: ["nonin-1", "v100-1", "capno-1"].map((name) => ({ device: name, driver: "x", link: "connected", discarded: {} })),
    observations: Object.entries(all).map(([metric, value]) => ({
      bed: id,
      device: device(metric),
      metric,
      value,
      unit: "",
      validity: "valid",
      at,
      expires_in_ms: 600_000,
    })),
    ...overrides,
  });
}
