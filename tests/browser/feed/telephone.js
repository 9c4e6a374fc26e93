// The telephone of a nurse, as a server of ntfy on loopback that keeps what it was asked to show.

import { createServer } from "node:http";

export class Telephone {
  /** What was to be shown, as ntfy gets it, and when it came (`at`, milliseconds since 1970). */
  calls = [];
  #server;

  /** Opens one on a free port. */
  static open() {
    const telephone = new Telephone();
    telephone.#server = createServer((request, response) => {
      let body = "";
      request.on("data", (text) => {
        body += text;
      });
      request.on("end", () => {
        telephone.calls.push({ at: Date.now(), ...JSON.parse(body) });
        response.end();
      });
    });
    return new Promise((resolve) => {
      telephone.#server.listen(0, "127.0.0.1", () => resolve(telephone));
    });
  }

  /** The lines of a configuration by which mn is called here so many seconds after an alarm of high priority. */
  called_after(seconds) {
    const { port } = this.#server.address();
    return `
[notify]
listed_hosts = ["127.0.0.1"]
[[channel]]
name = "phones"
kind = "ntfy"
url = "http://127.0.0.1:${port}"
[[staff.contact]]
channel = "phones"
address = "mn"
[[ladder]]
name = "standard"
repeat_s = 60
[[ladder.rung]]
high_after_s = ${seconds}
call = ["mn"]
`;
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
