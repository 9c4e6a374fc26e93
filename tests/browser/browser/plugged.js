// Every device that can be plugged in, and the patient to whom all of them are connected.

import { writeFileSync } from "node:fs";

import { said } from "./harness.js";

/** How the patient is, and how later: what stood before cannot be taken for what came after. */
export const FIRST = { spo2: 97, pressure: "118/76" };
export const LATER = { spo2: 96, pressure: "124/80" };

const NONE = "– –";

/** All that may ever stand in a cell of a bed where such a device is read, or is not. */
export const NUMBERS = {
  spo2: [FIRST, LATER].map(({ spo2 }) => String(spo2)).concat(NONE),
  rate: ["72", NONE],
  nibp: [FIRST, LATER].map(({ pressure }) => pressure).concat(NONE),
  rr: ["14", NONE],
  etco2: ["38", NONE],
};

/**
 * The drivers that the program has, but for programs of one's own: these have no line.
 * @returns {{name: string, gives: Set<string>, begins: "device" | "driver", line: {baud: number}}[]}
 */
export function every_driver() {
  const lines = said("devices", "--json").trim().split("\n");
  const all = lines.map((line) => JSON.parse(line)).map((driver) => ({ ...driver, gives: new Set(driver.gives) }));
  return all.filter(({ name }) => name !== "ndjson");
}

/** Writes a series of the patient, with a cuff reading a minute, and returns its path. */
export function patient(path, { spo2, pressure } = FIRST) {
  const head = "t_s,hr_bpm,spo2_pct,pulse_bpm,nibp_sys_mmhg,nibp_dia_mmhg,nibp_map_mmhg,rr_per_min,etco2_mmhg";
  const [systolic, diastolic] = pressure.split("/");
  const rows = Array.from({ length: 900 }, (_, second) => {
    const cuff = second % 60 === 10 ? `${systolic},${diastolic},90` : ",,";
    return `${second},72,${spo2},72,${cuff},14,38`;
  });
  writeFileSync(path, `${[head, ...rows].join("\n")}\n`);
  return path;
}

/** The cell of a bed that only its device can have filled, and what stands in it: the saturation, or else the pressure. */
export function number_of(driver, { spo2, pressure } = FIRST) {
  return driver.gives.has("SpO2") ? ["spo2", String(spo2)] : ["nibp", pressure];
}
