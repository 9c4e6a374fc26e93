// What of a script the service sends (crates/chairside/src/web/assets.rs).

/** Leaves out the lines that are empty or nothing but comment, and of the others the types and the indentation. */
export function as_sent(script) {
  let inside = false;
  const lines = script.split("\n").flatMap((line) => {
    const words = line.trim();
    const opens = words.startsWith("/*");
    const closes = words.endsWith("*/");
    const begins_block = opens && !words.includes("*/");
    const is_comment = inside || words.startsWith("//") || (opens && closes) || begins_block;
    inside = (inside || begins_block) && !closes;
    return is_comment || words === "" ? [] : [words.replace(/\/\*\* @.*?\*\/\s*/g, "")];
  });
  return lines.map((line) => `${line}\n`).join("");
}
