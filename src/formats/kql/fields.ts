// What a field's name says about how it is searched: the same for the store, the live tail and Elasticsearch, whose
// mapping (search/template) agrees with it.

/** Free text: searched by its words, without regard to case. Every other field is compared whole. */
export const TEXT_FIELDS: readonly string[] = [
  'MESSAGE',
  'message',
  'log',
  'unmatched_line',
  'kata.msg',
  'kata.error',
  'kata_msg',
  'kata_error',
  'kata_vmconsole',
  'kata_message',
  'msg',
  'error',
  'vmconsole',
];

/** Kata's levels, lowest first: `level >= warning` means this order. */
export const LEVELS: readonly string[] = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];

/** How else a level is spelled by those who wrote it, where the record was not understood. */
const LEVEL_SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  info: ['information', 'notice'],
  warning: ['warn'],
  error: ['err'],
  critical: ['fatal', 'panic', 'crit'],
};

/** Short names, and the fields that they stand for: the first one that a record has counts. */
export const ALIASES: Readonly<Record<string, readonly string[]>> = {
  level: ['kata.level', 'kata_level', 'level'],
  sandbox: ['kata.sandbox', 'kata_sandbox', 'sandbox'],
  component: ['kata.component', 'kata_name', 'component'],
};

const TEXTS = new Set(TEXT_FIELDS);

export function isTextField(field: string): boolean {
  return TEXTS.has(field);
}

/** The fields behind a name, best first. */
export function fieldsOf(name: string): readonly string[] {
  return Object.hasOwn(ALIASES, name) ? (ALIASES[name] as readonly string[]) : [name];
}

/** Whether a field holds a level, so that ranges follow the scale of levels. */
export function isLevelField(field: string): boolean {
  return field === 'level' || field === 'kata.level' || field === 'kata_level';
}

/** A level as Kata or others wrote it, on the one scale; undefined for any other text. */
export function levelOf(text: string): string | undefined {
  const lower = text.toLowerCase();
  if (LEVELS.includes(lower)) return lower;
  return LEVELS.find((level) => LEVEL_SPELLINGS[level]?.includes(lower));
}

/** Every spelling of a level, its own name first. */
export function spellingsOf(level: string): readonly string[] {
  return [level, ...(LEVEL_SPELLINGS[level] ?? [])];
}
