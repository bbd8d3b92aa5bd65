// A document that the mapping refuses, in a form that it takes: every field in the bag `overflow`, the reason beside it.

const EXCERPT_CHARS = 500;

/** The item with its document wrapped; undefined where the document is none. Same id, same index. */
export function rescued(item: Buffer, reason: string): Buffer | undefined {
  const lineEnd = item.indexOf(0x0a);
  const document = item.toString('utf8', lineEnd + 1, item.length - 1);
  const time = timestampOf(document);
  if (time === undefined) return undefined;
  // Values go over as they are written: a number keeps its digits.
  const why = JSON.stringify(reason.slice(0, EXCERPT_CHARS));
  const wrapped = `{"@timestamp":${JSON.stringify(time)},"tags":["_rescued"],"rescue_reason":${why},"overflow":${document}}\n`;
  return Buffer.concat([item.subarray(0, lineEnd + 1), Buffer.from(wrapped)]);
}

function timestampOf(document: string): string | undefined {
  try {
    const { '@timestamp': time } = JSON.parse(document) as { readonly '@timestamp'?: unknown };
    return typeof time === 'string' ? time : undefined;
  } catch {
    // Nested deeper than this parser goes: it stays as it is.
    return undefined;
  }
}
