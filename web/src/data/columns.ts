// What a row shows: columns by name, and which fields stand for level, component, sandbox and message where there is
// no `kata` object.
import type { Row } from '../../../src/api/contract.ts';
import { type Level, levelOf } from '../ui/levels.tsx';

export const USUAL_COLUMNS = ['level', 'component', 'sandbox', 'message'] as const;

function first(fields: Row['fields'], names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = fields[name];
    if (value !== undefined && value !== null && value !== '') return String(value);
  }
  return undefined;
}

const LEVEL_FIELDS = ['kata.level', 'kata_level', 'level', 'severity'];
const COMPONENT_FIELDS = ['kata.component', 'kata_name', 'kata_source', 'SYSLOG_IDENTIFIER', 'name', 'source'];
const SANDBOX_FIELDS = ['kata.sandbox', 'kata_sandbox', 'sandbox'];
const MESSAGE_FIELDS = ['kata.msg', 'kata_msg', 'msg', 'MESSAGE', 'message', 'log', 'kata_vmconsole', 'raw'];

export function recordLevel({ fields }: Row): Level {
  return levelOf(first(fields, LEVEL_FIELDS));
}

export function recordSandbox({ fields }: Row): string | undefined {
  return first(fields, SANDBOX_FIELDS);
}

export function recordMessage({ fields }: Row): string {
  return first(fields, MESSAGE_FIELDS) ?? (ownPairs(fields) || JSON.stringify(fields));
}

/** What every record of Kata's has, or the page shows in a column of its own. */
const USUAL_PAIRS: ReadonlySet<string> = new Set(
  'time level name pid sandbox source subsystem container version ts'.split(' '),
);
const PAIR_PREFIX = /^(?:fields\.|kata_)/;

/** The pairs that are this record's own: all that one without a message says. */
function ownPairs(fields: Row['fields']): string {
  return Object.entries(fields)
    .filter(([name]) => PAIR_PREFIX.test(name) && !USUAL_PAIRS.has(name.replace(PAIR_PREFIX, '')))
    .map(([name, value]) => `${name.replace(PAIR_PREFIX, '')}=${String(value)}`)
    .join(' ');
}

/** What a column shows of a record. */
export function cellText(record: Row, column: string): string {
  switch (column) {
    case 'level':
      return recordLevel(record);
    case 'component':
      return first(record.fields, COMPONENT_FIELDS) ?? '';
    case 'sandbox':
      return recordSandbox(record) ?? '';
    case 'message':
      return recordMessage(record);
    default:
      return first(record.fields, [column]) ?? '';
  }
}

export function columnsOf(text: string | undefined): readonly string[] {
  const names = (text ?? '').split(',').filter((name) => name !== '');
  return names.length > 0 ? names : USUAL_COLUMNS;
}

/** Ids are long; twelve characters tell them apart. */
export function shortId(id: string): string {
  return /^[0-9a-f]{32,}$/.test(id) ? id.slice(0, 12) : id;
}
