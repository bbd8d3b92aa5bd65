// Texts of a configuration that must never be shown: values of secret settings, passwords in URLs, values that came
// from the environment.
import type { PluginKind } from '../core/plugin.ts';
import type { Problem } from '../core/problem.ts';
import type { Fields } from './fields.ts';
import { pluginType } from './legacy.ts';
import type { AnyDefinition, Catalog } from './planned.ts';
import { paramText, type Section } from './tree.ts';

/** What is shown in place of a secret. */
export const MASK = '***';
/** Names of parameters that hold secrets in plugins that are not known here, or are mistyped. */
const SECRET_NAME = /pass|secret|token|api_?key|auth|credential|private/i;
/** User and password in a URL; the password is the second part. */
const URL_PASSWORD = /((?:\/\/|^|[\s,"'])[^\s/:@,"']*:)([^\s/"']+)(?=@)/g;
/** A shorter text is hidden only where it stands alone in quotes: it may be part of any word. */
const ANYWHERE_CHARS = 6;

const KIND_OF: Readonly<Record<string, PluginKind>> = {
  source: 'source',
  filter: 'filter',
  match: 'output',
  store: 'output',
  parse: 'parser',
  format: 'formatter',
};

/** Declared fields of a section, undefined where nobody declares it. */
export function fieldsOf(section: Section, outer: Fields | undefined, catalog: Catalog): Fields | undefined {
  const declared = outer && Object.hasOwn(outer, section.name) ? outer[section.name] : undefined;
  if (declared?.fields) return declared.fields;
  const kind = declared?.kind ?? KIND_OF[section.name];
  const type = pluginType(section) ?? paramText(section, 'type');
  const definition: AnyDefinition | undefined = kind && type !== undefined ? catalog.find(kind, type) : undefined;
  return definition?.settings as Fields | undefined;
}

/** Whether a parameter of a section with these fields holds a secret. */
export function isSecret(name: string, fields: Fields | undefined): boolean {
  const declared = Object.entries(fields ?? {}).find(([own, field]) => own === name || field.aliases?.includes(name));
  return declared ? declared[1].secret === true : SECRET_NAME.test(name);
}

/** The text without passwords in URLs. */
export function withoutPasswords(text: string): string {
  return text.replace(URL_PASSWORD, `$1${MASK}`);
}

/** Every secret text of a tree. */
export function secretTexts(root: Section, catalog: Catalog): Set<string> {
  const texts = new Set<string>();
  const visit = (section: Section, outer: Fields | undefined): void => {
    const fields = fieldsOf(section, outer, catalog);
    for (const { name, value } of section.params) {
      if (typeof value !== 'string') continue;
      if (isSecret(name, fields)) addSecret(texts, value);
      for (const [, , password = ''] of value.matchAll(URL_PASSWORD)) addSecret(texts, password);
    }
    for (const child of section.sections) visit(child, fields);
  };
  visit(root, undefined);
  return texts;
}

/** A JSON value is a secret in each of its texts. */
function addSecret(texts: Set<string>, value: string): void {
  texts.add(value);
  if (!/^[[{]/.test(value)) return;
  for (const [text] of value.matchAll(/"(?:[^"\\]|\\.)*"/g)) texts.add(JSON.parse(text) as string);
}

/** Hides every secret in a text that is to be shown. */
export type Redact = (text: string) => string;

/** @param secrets longer ones are hidden first, as one may hold another. */
export function redactor(secrets: Iterable<string>): Redact {
  const sorted = [...new Set(secrets)].filter(Boolean).sort((a, b) => b.length - a.length);
  return (text) => {
    let shown = withoutPasswords(text);
    for (const secret of sorted) {
      shown = shown.replaceAll(secret.length < ANYWHERE_CHARS ? `"${secret}"` : secret, () =>
        secret.length < ANYWHERE_CHARS ? `"${MASK}"` : MASK,
      );
    }
    return shown;
  };
}

export function redactProblem(problem: Problem, redact: Redact): Problem {
  const { hint } = problem;
  return { ...problem, message: redact(problem.message), ...(hint !== undefined && { hint: redact(hint) }) };
}
