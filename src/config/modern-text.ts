// A configuration in today's style: old names and flat parameters turned into those that Fluentd has since v1.
import type { PluginKind } from '../core/plugin.ts';
import type { Fields } from './fields.ts';
import { modernNames, pluginType, sectionsFromFlat } from './legacy.ts';
import type { AnyDefinition, Catalog } from './planned.ts';
import { fieldsOf, isSecret, MASK, type Redact, withoutPasswords } from './secrets.ts';
import { type Param, type Section, USE_DEFAULT } from './tree.ts';
import { expressionOnly } from './tree-json.ts';

const KINDS: Readonly<Record<string, PluginKind>> = {
  source: 'source',
  filter: 'filter',
  match: 'output',
  store: 'output',
};

/** Text of the v1 grammar. What cannot be shown stands as `***`, with a comment that says so. */
export function modernText(root: Section, catalog: Catalog, redact: Redact): string {
  return contents(root, undefined, { catalog, redact }, '').replace(/^\n+/, '');
}

interface Printing {
  readonly catalog: Catalog;
  readonly redact: Redact;
}

function contents(section: Section, outer: Fields | undefined, printing: Printing, indent: string): string {
  const { catalog, redact } = printing;
  const modern = modernised(section, catalog);
  const fields = fieldsOf(modern, outer, catalog);
  const params = ordered(modern.params).map((param) => `${indent}${paramText(param, fields)}\n`);
  const sections = modern.sections.map((child) => {
    const shown = redact(child.arg);
    const arg = shown === '' ? '' : ` ${/[>"'#]|^\s|\s$/.test(shown) ? quotedText(shown) : shown}`;
    const inner = contents(child, fields, printing, `${indent}  `);
    return `${indent === '' ? '\n' : ''}${indent}<${child.name}${arg}>\n${inner}${indent}</${child.name}>\n`;
  });
  return [...params, ...sections].join('');
}

/** Today's names, and sections for flat parameters, for the plugins that are known. */
function modernised(section: Section, catalog: Catalog): Section {
  const kind = KINDS[section.name];
  if (!kind) return section;
  const named = modernNames(section).section;
  const type = pluginType(named);
  const definition: AnyDefinition | undefined = type === undefined ? undefined : catalog.find(kind, type);
  if (!definition) return named;
  const fields: Fields = definition.settings as Fields;
  const flat = sectionsFromFlat(named, definition.legacy ?? [], new Set(Object.keys(fields))).section;
  return { ...flat, params: flat.params.map((param) => ({ ...param, name: todaysName(param.name, fields) })) };
}

function todaysName(name: string, fields: Fields): string {
  return Object.entries(fields).find(([, field]) => field.aliases?.includes(name))?.[0] ?? name;
}

/** `@type` first, as everybody writes it; of a name that stands twice the last one counts. */
function ordered(params: readonly Param[]): Param[] {
  const last = params.filter((param, at) => !params.slice(at + 1).some(({ name }) => name === param.name));
  return [...last.filter(({ name }) => name.startsWith('@')), ...last.filter(({ name }) => !name.startsWith('@'))];
}

function paramText({ name, value, expression }: Param, fields: Fields | undefined): string {
  const key = /^[^\s"'<#\ufeff]\S*$/.test(name) ? name : quotedText(name);
  const secret = isSecret(name, fields);
  if (expression !== undefined) return `${key} ${secret ? expressionOnly(expression) : expression}`;
  if (value === null) return `${key} "#{use_nil}"`;
  if (value === USE_DEFAULT) return `${key} "#{use_default}"`;
  if (typeof value !== 'string') return `# ${key} cannot be read`;
  if (secret) return `${key} "${MASK}" # a secret, not shown`;
  const shown = withoutPasswords(value);
  return `${key} ${valueText(shown)}${shown === value ? '' : ' # the password is not shown'}`;
}

/** Bare where the bare text means the same. */
function valueText(text: string): string {
  const isBare = /^[^\s"'[{#\\][^\r\n]*$/.test(text) && !/\s#|\s$/.test(text);
  if (isBare) return text;
  return isJson(text) ? text : quotedText(text);
}

function isJson(text: string): boolean {
  if (!/^[[{]/.test(text) || /#\{/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Text that only looks like JSON is quoted.
    return false;
  }
}

function quotedText(text: string): string {
  return `"${text.replace(/["\\#]/g, '\\$&')}"`;
}
