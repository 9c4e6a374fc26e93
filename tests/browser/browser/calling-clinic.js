// A clinic with every kind of way to its people, among them one that takes nothing.

import { appendFileSync } from "node:fs";
import { createServer } from "node:http";

import { at_end, clinic_config, folder, start } from "./harness.js";

/** A server of telephones on loopback, which takes every message and hands it on. */
async function telephones(took) {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (text) => {
      body += text;
    });
    request.on("end", () => {
      took(JSON.parse(body));
      response.end("{}");
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  at_end(() => server.close());
  return `127.0.0.1:${server.address().port}`;
}

/** A time of day at which no drill disturbs: its message is a test too. */
function in_half_a_day() {
  return new Date(Date.now() + 12 * 3_600_000).toTimeString().slice(0, 5);
}

/** Starts the service of such a clinic; `took` is handed what reaches a telephone. */
export async function start_calling(took = () => {}) {
  const config = clinic_config(folder(), ["1", "2"], { staff: [["ak", "A. K.", "clinician"], ["mn", "M. N.", "nurse"]] });
  const at = await telephones(took);
  // A contact is that of the last of the staff.
  appendFileSync(
    config,
    `[notify]\nlisted_hosts = ["127.0.0.1"]
[[channel]]\nname = "phones"\nkind = "ntfy"\nurl = "http://${at}"
[[channel]]\nname = "browsers"\nkind = "push"\nsubject = "mailto:it@clinic.example"\nkey_file = "push.key"
[[channel]]\nname = "away"\nkind = "ntfy"\nurl = "http://127.0.0.1:9"
[[staff.contact]]\nchannel = "phones"\naddress = "mn"
[[staff.contact]]\nchannel = "away"\naddress = "mn"
[[duty]]\nname = "nurse"\notherwise = ["mn"]
[[ladder]]\nname = "standard"\nrepeat_s = 60
[[ladder.rung]]\nhigh_after_s = 10\nmedium_after_s = 30\ncall = ["duty:nurse"]\nby = ["phones"]
[[ladder.rung]]\nhigh_after_s = 60\ncall = ["everyone"]
[[drill]]\nchannel = "phones"\nduty = "nurse"\nat = "${in_half_a_day()}"
[mqtt]\nhost = "127.0.0.1"\nport = 9\ntls = false\nunprotected_hosts = ["127.0.0.1"]\n`,
  );
  return start("serve", "--config", config);
}
