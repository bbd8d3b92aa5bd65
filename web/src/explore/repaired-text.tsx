// What damage was mended: the kinds, by name, and the line as it was found beside what was made of it.
import type { Row } from '../../../src/api/contract.ts';
import { recordMessage } from '../data/columns.ts';

/** A torn line has several writers; each part gets the colour of who wrote it. */
interface Part {
  readonly text: string;
  readonly writer: 'kernel' | 'agent' | 'runtime' | 'other';
}

const WRITERS: readonly (readonly [RegExp, Part['writer']])[] = [
  [/\[\s*\d+\.\d{6}\][^\n"{]*/g, 'kernel'],
  [/\{"(?:msg|level|ts|name|version)"[^}]*\}?/g, 'agent'],
  [/time="[^"]*"(?: \S+=(?:"(?:[^"\\]|\\.)*"|\S*))*/g, 'runtime'],
];

export function RepairedText({ record }: { readonly record: Row }) {
  const { fields } = record;
  const raw = String(fields['raw'] ?? fields['MESSAGE'] ?? fields['message'] ?? '');
  return (
    <section className="repaired" aria-label="What was repaired">
      <h3>repaired: {String(fields['kata.repairs'])}</h3>
      <div className="beside">
        <figure>
          <figcaption>as it was found</figcaption>
          <pre>
            {partsOf(raw).map((part, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text, in order
              <span key={index} className={`writer-${part.writer}`} title={part.writer}>
                {part.text}
              </span>
            ))}
          </pre>
        </figure>
        <figure>
          <figcaption>as it is understood</figcaption>
          <pre>{recordMessage(record)}</pre>
        </figure>
      </div>
    </section>
  );
}

function partsOf(text: string): readonly Part[] {
  const marks = WRITERS.flatMap(([pattern, writer]) =>
    [...text.matchAll(pattern)].map((match) => ({ from: match.index, to: match.index + match[0].length, writer })),
  ).sort((a, b) => a.from - b.from);
  const parts: Part[] = [];
  let at = 0;
  for (const { from, to, writer } of marks) {
    if (from < at) continue;
    if (from > at) parts.push({ text: text.slice(at, from), writer: 'other' });
    parts.push({ text: text.slice(from, to), writer });
    at = to;
  }
  if (at < text.length) parts.push({ text: text.slice(at), writer: 'other' });
  return parts;
}
