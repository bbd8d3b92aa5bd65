import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppendedFiles } from './appended-files.ts';

function temporary(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-file-'));
}

test('after a crash every file holds exactly what the last commit covered', () => {
  const append = fc.record({
    kind: fc.constant('append' as const),
    file: fc.nat(2),
    text: fc.string({ minLength: 1 }),
  });
  const commit = fc.constant({ kind: 'commit' as const });
  fc.assert(
    fc.property(fc.array(fc.oneof(append, commit), { maxLength: 30 }), (steps) => {
      const directory = temporary();
      const name = (file: number): string => path.join(directory, `f${file}.log`);
      fs.writeFileSync(name(0), 'there before\n');
      let saved = {};
      const files = new AppendedFiles((lengths) => {
        saved = lengths;
      });
      const now = ['there before\n', '', ''];
      let covered = [...now];
      for (const step of steps) {
        if (step.kind === 'append') {
          files.append(name(step.file), Buffer.from(step.text));
          now[step.file] += step.text;
        } else {
          saved = files.commit();
          covered = [...now];
        }
      }
      // No close: the process is gone.
      new AppendedFiles(() => undefined).cutBack(saved);
      for (const file of [0, 1, 2]) {
        const text = fs.existsSync(name(file)) ? fs.readFileSync(name(file), 'utf8') : '';
        expect(text).toBe(covered[file]);
      }
      fs.rmSync(directory, { recursive: true });
    }),
    { numRuns: 200 },
  );
});

test('more files than are kept open keep their lengths', () => {
  const directory = temporary();
  const files = new AppendedFiles(() => undefined);
  for (let i = 0; i < 100; i++) files.append(path.join(directory, `${i}`), Buffer.from('x'.repeat(i + 1)));
  files.append(path.join(directory, '0'), Buffer.from('y'));
  const lengths = files.commit();
  files.close();
  expect(lengths[path.join(directory, '0')]).toBe(2);
  expect(lengths[path.join(directory, '99')]).toBe(100);
  expect(fs.readFileSync(path.join(directory, '0'), 'utf8')).toBe('xy');
});

test('a directory that cannot be made is an EnvironmentError that names the file', () => {
  const file = path.join(temporary(), 'plain');
  fs.writeFileSync(file, '');
  const files = new AppendedFiles(() => undefined);
  expect(() => files.append(path.join(file, 'below', 'x.log'), Buffer.from('x'))).toThrow(/cannot open .*x\.log/);
});
