import { expect, test } from 'vitest';
import type { Fields } from './fields.ts';
import { optionTable } from './option-table.ts';
import { array, bool, nested, oneOf, section, sections, size, string } from './settings.ts';

const HEAD = '| option | type | default | |\n|---|---|---|---|\n';

test.each<readonly [string, Fields, string]>([
  ['required', { path: string({ required: true, doc: 'What.' }) }, '| `path` | string | **required** | What. |\n'],
  ['a default', { chunk: size({ fallback: 1024, doc: 'Bytes.' }) }, '| `chunk` | size | `1024` | Bytes. |\n'],
  ['a default of false', { head: bool({ fallback: false, doc: 'Head.' }) }, '| `head` | bool | `false` | Head. |\n'],
  ['an empty list', { names: array({ fallback: [], doc: 'Names.' }) }, '| `names` | array | `[]` | Names. |\n'],
  ['an empty text', { sep: string({ fallback: '', doc: 'Sep.' }) }, '| `sep` | string | `""` | Sep. |\n'],
  ['a blank', { sep: string({ fallback: ' ', doc: 'Sep.' }) }, '| `sep` | string | `" "` | Sep. |\n'],
  ['no default', { tag: string({ doc: 'Tag.' }) }, '| `tag` | string |  | Tag. |\n'],
  ['an enum', { mode: oneOf(['a', 'b'], { fallback: 'a', doc: 'How.' }) }, '| `mode` | `a`, `b` | `a` | How. |\n'],
  [
    'aliases and a secret',
    { password: string({ secret: true, aliases: ['pass', 'pw'], doc: 'Word.' }) },
    '| `password` | string |  | Word. Also: `pass`, `pw`. Never shown. |\n',
  ],
  [
    'accepted',
    { threads: string({ support: 'accepted', doc: 'there is one thread' }) },
    '| `threads` | string |  | Accepted without effect: there is one thread. |\n',
  ],
  [
    'accepted, with a full stop and an alias',
    { threads: string({ support: 'accepted', aliases: ['t'], doc: 'There is one.' }) },
    '| `threads` | string |  | Accepted without effect: There is one. Also: `t`. |\n',
  ],
  [
    'bars',
    { sep: string({ fallback: '|', doc: 'a|b.' }), mode: oneOf(['x|y'], { doc: 'How.' }) },
    '| `sep` | string | `\\|` | a\\|b. |\n| `mode` | `x\\|y` |  | How. |\n',
  ],
  ['a plugin inside', { parse: nested('parser', { doc: 'How.' }) }, '| `<parse>` | parser |  | How. |\n'],
  [
    'sections',
    {
      entry: section({ deep: section({ on: bool({ doc: 'On.' }) }, { doc: 'Deep.' }) }, { doc: 'Entry.' }),
      rule: sections({ key: string({ doc: 'Key.' }) }, { doc: 'Rules.' }),
    },
    '| `<entry>` | section |  | Entry. |\n| `<entry>` `<deep>` | section |  | Deep. |\n' +
      '| `<entry>` `<deep>` `on` | bool |  | On. |\n| `<rule>` | sections |  | Rules. |\n' +
      '| `<rule>` `key` | string |  | Key. |\n',
  ],
])('%s', (_, fields, rows) => {
  expect(optionTable(fields)).toBe(HEAD + rows);
});

test('a plugin without options', () => {
  expect(optionTable({})).toBe('No options.\n');
});
