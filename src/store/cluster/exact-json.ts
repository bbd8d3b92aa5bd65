// JSON whose whole numbers keep all digits: one that JavaScript cannot hold becomes its text, as in the embedded store.

/** A number of 16 digits or more behind a bracket, colon or comma; may also stand inside a text. */
const SUSPECT = /[:[,]\s*-?\d{16}/;
const STRING_OR_LONG_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;

/** @throws {SyntaxError} */
export function parseExactly(text: string): unknown {
  if (!SUSPECT.test(text)) return JSON.parse(text);
  return JSON.parse(
    text.replace(STRING_OR_LONG_NUMBER, (token) =>
      token.startsWith('"') || Number.isSafeInteger(Number(token)) ? token : `"${token}"`,
    ),
  );
}
