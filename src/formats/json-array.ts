// The elements of a JSON array as the texts they are.

/** The source text of each element, or none where `text` is no JSON array. */
export function arrayElements(text: string): readonly string[] {
  if (!isArray(text)) return [];
  const inner = text.slice(text.indexOf('[') + 1, text.lastIndexOf(']'));
  if (inner.trim() === '') return [];
  const elements: string[] = [];
  let start = 0;
  for (const comma of topLevelCommas(inner)) {
    elements.push(inner.slice(start, comma).trim());
    start = comma + 1;
  }
  return [...elements, inner.slice(start).trim()];
}

/** Where the commas between the elements stand. */
function topLevelCommas(text: string): number[] {
  const commas: number[] = [];
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (char === '"') i = stringEnd(text, i);
    else if ('[{'.includes(char)) depth++;
    else if (']}'.includes(char)) depth--;
    else if (char === ',' && depth === 0) commas.push(i);
  }
  return commas;
}

function isArray(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    // No JSON: the caller has its own word for that.
    return false;
  }
}

/** Index of the closing quote of the valid string that begins at `at`. */
function stringEnd(text: string, at: number): number {
  let i = at + 1;
  while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}
