// Test helper: a catalog of plugins that declare settings and cannot run.
import { defineFilter, defineOutput, defineParser, defineSource } from './define.ts';
import type { Catalog } from './planned.ts';
import {
  array,
  bool,
  float,
  hash,
  integer,
  nested,
  oneOf,
  regexp,
  section,
  sections,
  size,
  string,
  time,
} from './settings.ts';

function neverRuns(): never {
  throw new Error('plugins of this catalog do not run');
}

const definitions = [
  defineSource({
    type: 'reader',
    summary: 'Reads.',
    settings: {
      path: string({ required: true, doc: 'What to read.' }),
      tag: string({ fallback: 'none', doc: 'Tag.' }),
      password: string({ secret: true, doc: 'Secret.' }),
      code: integer({ secret: true, doc: 'Secret number.' }),
      ratio: float({ fallback: 0.5, doc: 'Ratio.' }),
      limit: integer({ fallback: 10, aliases: ['max', 'limit_lines'], doc: 'Lines.' }),
      chunk: size({ fallback: 1024, doc: 'Bytes.' }),
      wait: time({ fallback: 5, doc: 'Seconds.' }),
      head: bool({ fallback: false, doc: 'From the head.' }),
      mode: oneOf(['fast', 'safe'], { fallback: 'safe', doc: 'How.' }),
      names: array({ fallback: [], doc: 'Names.' }),
      map: hash({ doc: 'Map.' }),
      pattern: regexp({ doc: 'Pattern.' }),
      threads: integer({ fallback: 1, support: 'accepted', doc: 'there is one thread' }),
      parse: nested('parser', { doc: 'How lines are written.' }),
      entry: section({ deep: bool({ fallback: true, doc: 'Deep.' }) }, { doc: 'Entry.' }),
      storage: section({ path: string({ doc: 'Path.' }) }, { support: 'accepted', doc: 'the state has its own place' }),
    },
    legacy: ['parser'],
    check: ({ path, tag }) =>
      path === tag ? [{ code: 'config/same', severity: 'error', message: 'path and tag are the same' }] : [],
    create: neverRuns,
  }),
  defineParser({
    type: 'words',
    summary: 'Splits.',
    settings: { delimiter: string({ fallback: ' ', doc: 'Between words.' }) },
    create: neverRuns,
  }),
  defineFilter({
    type: 'rules',
    summary: 'Rules.',
    settings: {
      rule: sections(
        { key: string({ required: true, doc: 'Key.' }), type: string({ doc: 'Kind.' }) },
        {
          required: true,
          doc: 'Rules in order.',
        },
      ),
    },
    create: neverRuns,
  }),
  defineFilter({
    type: 'strict',
    summary: 'Needs a parser.',
    settings: { parse: nested('parser', { required: true, doc: 'How the text is written.' }) },
    create: neverRuns,
  }),
  defineOutput({
    type: 'nowhere',
    summary: 'Forgets.',
    settings: { inner: nested('output', { doc: 'A further output.' }) },
    create: neverRuns,
  }),
];

export const plainCatalog: Catalog = {
  definitions,
  find: (kind, type) => definitions.find((definition) => definition.kind === kind && definition.type === type),
};
