// The option table of a plugin's README, from its declared settings.
import type { Field, Fields } from './fields.ts';

/** A Markdown table: name, type, default, description; nested sections below their own names. */
export function optionTable(fields: Fields): string {
  const rows = rowsOf(fields, '');
  if (rows.length === 0) return 'No options.\n';
  return ['| option | type | default | |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function rowsOf(fields: Fields, prefix: string): string[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const isSection = field.fields !== undefined || field.kind !== undefined || field.type === 'params';
    const shown = isSection ? `<${name}>` : name;
    const cells = [`${prefix}\`${shown}\``, typeText(field), defaultText(field), describe(field)];
    // A bar ends a cell even inside of code.
    const row = `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
    return [row, ...(field.fields ? rowsOf(field.fields, `${prefix}\`<${name}>\` `) : [])];
  });
}

function typeText(field: Field<unknown>): string {
  if (field.type === 'enum') return (field.values ?? []).map((word) => `\`${word}\``).join(', ');
  if (field.type === 'numbered') return 'strings';
  if (field.type === 'params') return 'fields';
  if (field.kind !== undefined) return field.type === 'plugins' ? `${field.kind}s` : field.kind;
  return field.type;
}

function defaultText(field: Field<unknown>): string {
  if (field.required) return '**required**';
  if (field.fallback === undefined) return '';
  const { fallback } = field;
  const isPlain = typeof fallback === 'string' && fallback.trim() !== '';
  return `\`${isPlain ? fallback : JSON.stringify(fallback)}\``;
}

function describe(field: Field<unknown>): string {
  const doc = field.support === 'accepted' ? `Accepted without effect: ${field.doc.replace(/\.$/, '')}.` : field.doc;
  const aliases = field.aliases ? ` Also: ${field.aliases.map((alias) => `\`${alias}\``).join(', ')}.` : '';
  return `${doc}${aliases}${field.secret ? ' Never shown.' : ''}`;
}
