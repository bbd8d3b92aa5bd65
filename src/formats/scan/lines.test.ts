import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FLAG_INVALID_UTF8 } from '../../core/tape.ts';
import { type PlainLine, PlainView } from './plain-view.ts';
import { plainXxh64 } from './plain-xxh64.ts';

const view = new PlainView();

/** The lines of a whole stream, said plainly. */
function plainLines(stream: Buffer): PlainLine[] {
  const lines: PlainLine[] = [];
  for (let offset = 0; offset < stream.length; ) {
    const feed = stream.indexOf(10, offset);
    const end = feed < 0 ? stream.length : feed + 1;
    const raw = Buffer.from(stream.toString('latin1', offset, end).replace(/\r?\n$|\r$/, ''), 'latin1');
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(raw);
    lines.push({
      text,
      raw: raw.toString('latin1'),
      offset,
      check: Number(plainXxh64(raw) & 0x3fffffffn),
      sourceBytes: end - offset,
      flags: Buffer.from(text).equals(raw) ? 0 : FLAG_INVALID_UTF8,
    });
    offset = end;
  }
  return lines;
}

/** The lines of a stream read in blocks of `size` bytes, the piece behind the last line feed carried along. */
function linesInBlocks(stream: Buffer, size: number): PlainLine[] {
  const lines: PlainLine[] = [];
  let start = 0;
  for (let read = 0; read < stream.length; ) {
    read = Math.min(read + size, stream.length);
    const end = read === stream.length ? read : stream.lastIndexOf(10, read - 1) + 1;
    if (end <= start) continue;
    lines.push(...view.lines(stream.subarray(start, end), start));
    start = end;
  }
  return lines;
}

describe('cuts', () => {
  test.each([
    ['nothing', '', []],
    ['one line', 'a\n', ['a']],
    ['a piece at the end of the stream', 'a\nb', ['a', 'b']],
    ['empty lines', '\n\n', ['', '']],
    ['CRLF', 'a\r\nb\r\n', ['a', 'b']],
    ['one carriage return of two', 'a\r\r\n', ['a\r']],
    ['CR at the end of the stream', 'a\r', ['a']],
    ['CR inside a line', 'a\rb\n', ['a\rb']],
    ['NUL and controls', '\0\x01\x1f\n', ['\0\x01\x1f']],
    ['a byte order mark, which stays', '\ufeffa\n', ['\ufeffa']],
    ['lines longer than a vector', `${'x'.repeat(31)}\n${'y'.repeat(64)}\n`, ['x'.repeat(31), 'y'.repeat(64)]],
  ])('%s', (_name, stream, texts) => {
    const lines = view.lines(stream);
    expect(lines.map((line) => line.text)).toEqual(texts);
    expect(lines).toEqual(plainLines(Buffer.from(stream)));
  });
});

describe('UTF-8', () => {
  test.each([
    ['a lone continuation byte', '61 80 62', 'a\ufffdb'],
    ['a sequence cut by the line end', '61 e5 ae', 'a\ufffd'],
    ['an overlong form', 'c0 af', '\ufffd\ufffd'],
    ['a surrogate', 'ed a0 80', '\ufffd\ufffd\ufffd'],
    ['beyond the last code point', 'f4 90 80 80', '\ufffd\ufffd\ufffd\ufffd'],
    ['Latin-1', '67 72 f6 df 65', 'gr\ufffd\ufffde'],
  ])('%s is replaced, and the check is over the bytes as they were', (_name, hex, text) => {
    const bad = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    const stream = Buffer.concat([Buffer.from('größe\n'), bad, Buffer.from('\nok\n')]);
    const lines = view.lines(stream);
    expect(lines.map((line) => [line.text, line.flags])).toEqual([
      ['größe', 0],
      [text, FLAG_INVALID_UTF8],
      ['ok', 0],
    ]);
    expect(lines).toEqual(plainLines(stream));
  });
});

test('takes no more than maxRecords and says where to go on', () => {
  view.reset();
  const block = view.put('a\nbb\nccc\ndddd');
  const { scanner, message } = view;
  const first = scanner.lines({ ...block, offset: 1000, key: message, maxRecords: 3 });
  expect(first.tape.count).toBe(3);
  expect(first.next).toBe(block.start + 9);
  const rest = scanner.lines({ start: first.next, end: block.end, offset: 1009, key: message, maxRecords: 3 });
  expect(rest.next).toBe(block.end);
  expect(view.records(rest.tape).map((record) => view.line(record))).toMatchObject([{ text: 'dddd', offset: 1009 }]);
});

test('an offset beyond 32 bits is exact', () => {
  const offset = 2 ** 47 + 12_345;
  expect(view.lines('a\nb\n', offset).map((line) => line.offset)).toEqual([offset, offset + 2]);
});

test('a line of 1 MiB', () => {
  const stream = Buffer.from(`${'é'.repeat(1 << 19)}\nz\n`);
  expect(view.lines(stream)).toEqual(plainLines(stream));
});

test('wherever blocks end, the records are the same', () => {
  const piece = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('a', 'größe', '容器', '\n', '\r\n', '\r', '{"a":1}\n', ' ', '\ufeff') },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 80 }) },
  );
  const bytes = fc.oneof(
    { weight: 6, arbitrary: piece.map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 4 }).map((array) => Buffer.from(array)) },
  );
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 60 }), fc.integer({ min: 1, max: 200 }), (pieces, size) => {
      const stream = Buffer.concat(pieces);
      expect(linesInBlocks(stream, size)).toEqual(plainLines(stream));
    }),
    { numRuns: 1500 },
  );
});

test('every block size over one stream', () => {
  const stream = Buffer.from('{"a":"größe"}\r\n\nplain 容器 text\n\r\nlast piece');
  const wanted = plainLines(stream);
  for (let size = 1; size <= stream.length; size++) expect(linesInBlocks(stream, size)).toEqual(wanted);
});
