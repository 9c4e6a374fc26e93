// @ts-check

/**
 * A person's way, as clinic.toml has it. What JSON escapes in a text TOML escapes likewise (TOML
 * 1.0, "String"), but for the one character that JSON leaves as it is.
 * @param {string} channel
 * @param {string} address
 */
export function contact(channel, address) {
  const text = (/** @type {string} */ of) => JSON.stringify(of).replaceAll("\u007f", "\\u007f");
  return `[[staff.contact]]\nchannel = ${text(channel)}\naddress = ${text(address)}\n`;
}
