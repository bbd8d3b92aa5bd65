// The rules by which secrets are found in a text, at any depth of quoting. Each goes through it once, however hostile it is:
// what may repeat inside of a pattern has a bound, and what was looked at is not looked at again.

import {
  Blackout,
  blackList,
  blackMap,
  blackMembers,
  fieldEnd,
  matchAt,
  REDACTED,
  type Value,
  valueAt,
} from './secret-values.ts';
import {
  BLANK,
  isAboutSecret,
  isHarmlessValue,
  isPolicy,
  isSecretOption,
  NAME_REST,
  SECRET_WORD,
} from './secret-words.ts';

/** One rule whose pattern finds the secret itself. */
export interface RedactionRule {
  readonly name: string;
  readonly doc: string;
  readonly pattern: RegExp;
  /** Every text in which the pattern finds anything has this. */
  readonly hint: RegExp;
}

/** These are applied behind the rules for environments, pairs and options, in their order. */
export const REDACTION_RULES: readonly RedactionRule[] = [
  {
    name: 'authorization',
    doc: 'what follows `Bearer` or `Basic` and is no word',
    hint: /b(?:earer|asic) /i,
    pattern:
      /(?<=\b(?:[Bb]earer|BEARER|Basic) )(?=[A-Za-z+/_.~-]{0,200}[0-9=]|[A-Za-z+/_.~-]{0,200}[a-z][A-Z])[A-Za-z0-9+/_.=~-]{6,}/g,
  },
  {
    name: 'sealed-secret',
    doc: 'sealed secrets of confidential containers',
    hint: /sealed\./,
    pattern: /(?<=\bsealed\.)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+/g,
  },
  {
    name: 'private-key',
    doc: 'private keys in PEM',
    hint: /PRIVATE KEY/i,
    pattern: /(?<=-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)(?:[^-]+|-(?!----(?:END|BEGIN)))+/gi,
  },
  {
    name: 'url-signature',
    doc: 'signatures and keys in the query of a URL',
    hint: /sig=|key=|signature=/i,
    pattern: /(?<=(?:[?&]|\\u0026)(?:[A-Za-z0-9-]{0,20}signature|sig|key)=)[^\s"\\&#]+/gi,
  },
  {
    name: 'qemu-secret',
    doc: 'the data of an object `secret` of QEMU',
    hint: /secret,/i,
    pattern: /(?<=\bsecret,(?:[a-z-]{1,20}=[^,\s"\\]{0,99},){0,6}data=)(?:[^\s",\\]+|,,)+/gi,
  },
];

/** Blanks and line feeds, written or not. */
const GAP = String.raw`(?:${BLANK}|\\{1,31}[nrt]){0,99}`;
const OWNER = String.raw`(?:[A-Za-z_][\w:]{0,40}\()`;
const IN_OWNER = String.raw`(?:&?Some\(${GAP}|${OWNER}{1,3}(?=\\{0,31}")|&)?`;
const QUOTE_END = String.raw`\\{0,31}["']?`;
const SIGN = `${BLANK}{0,16}(?<sign>:(?!:)|=(?!=)>?)${BLANK}{0,16}`;
const PAIR = new RegExp(`(${SECRET_WORD}${NAME_REST})${QUOTE_END}${SIGN}${IN_OWNER}`, 'gi');
const POLICY = new RegExp(`(?<![A-Za-z0-9])policy${QUOTE_END}${SIGN}${IN_OWNER}`, 'gi');
const OPTION = new RegExp(
  String.raw`(?<!-)--([A-Za-z0-9._-]{1,64})(?:${BLANK}{1,8}(?!-)|=|\\{0,31}"${BLANK}{0,8},?${BLANK}{0,8}(?=\\{0,31}"(?!-)))`,
  'g',
);
const OPTION_PROSE = /^(?:to|is|or|and|option|flag|argument|was|not|for|in|must|requires?)[.,]?$/;
const ENVIRONMENT_NAME = '(?<![A-Za-z0-9])env(?:ironment|iron|_?vars?|s)?';
const LIST = String.raw`(?:\\{0,31}")?(?:map\[(?!string)|\[(?:\]string\{)?)`;
const OBJECT = String.raw`(?:CommandEnv \{[^{}]{0,64}vars: |map\[string\]string)?\{(?=${BLANK}{0,8}\\{0,31}")`;
const ENTRY = String.raw`(?=\\{0,31}"?[A-Za-z_][A-Za-z0-9_.-]{0,127}=)`;
const ENVIRONMENT = new RegExp(
  String.raw`${ENVIRONMENT_NAME}\\{0,31}"?${SIGN}(?:&?Some\()?(?:${GAP}${LIST}|${OBJECT}|${ENTRY})`,
  'gi',
);
const HAS_ENVIRONMENT = new RegExp(String.raw`${ENVIRONMENT_NAME}\\{0,31}"?${SIGN}|--env[ =]`, 'i');
/** Variables as objects: of Kubernetes, of the interface of container runtimes, and as Go prints those. */
const VARIABLE =
  /\b(?:key|name)\\{0,31}"?\s{0,8}:\s{0,8}(?:\\{0,31}"[^"\\]{0,128}\\{0,31}"|[A-Za-z_][\w.-]{0,128})[\s,]{0,8}\\{0,31}"?value\\{0,31}"?\s{0,8}:\s{0,8}/gi;
const ENVIRONMENT_OPTION = /(?<![\w-])(?:--env|-e)(?:[ \t]{1,8}|=)(?=\\{0,31}"?[A-Za-z_][A-Za-z0-9_.-]{0,127}=)/g;
/** The documents of initdata as Rust prints them. */
const INITDATA = /init_?data\w{0,16} \{[^{}]{0,256}\bdata: \{(?=\s{0,8}\\{0,31}")/gi;
const VALUE_FIRST = /\{\s{0,8}\\{0,31}"value\\{0,31}"\s{0,8}:\s{0,8}(?=\\{0,31}")/gi;
/** Credentials as Rust prints them. */
const RUST_CREDENTIAL = /\b(?:Bearer\(|Basic\(\\{0,31}"[^"\\]{0,128}\\{0,31}",\s?)(?=\\{0,31}")/g;
/** Parameters of the kernel as Go prints them. */
const GO_PARAMETER = /\{([\w.-]{1,128}) ([^{}"\\]{1,512})\}/g;
const SECRET_VARIABLE = new RegExp(
  String.raw`${SECRET_WORD}${NAME_REST}${QUOTE_END}(?:${BLANK}|,){1,8}\\{0,31}"?value\\{0,31}"?${SIGN}`,
  'gi',
);
const QOM_SECRET = /qom-type\\{0,31}"\s{0,8}:\s{0,8}\\{0,31}"(?:tls-cipher-)?secret/i;
const QOM_DATA = /"data\\{0,31}"\s{0,8}:\s{0,8}/g;
const USER_INFO = /\b[a-z][a-z0-9+.-]{0,32}:(?:\\{0,31}\/){2}([^\s/"\\?#]+)/gi;
const USER_NAME = /^(?:git|root|core|user|anonymous)$/i;
/** In the middle of a list that lacks its beginning; names as environments have them, options of mounts have others. */
const ORPHANS = /(?:^|,|vmconsole=\\{0,31}")\s{0,8}(?=(\\{0,31})"(?:[A-Z_][A-Z0-9_]{0,127}|[a-z]{1,16}_proxy)=)/g;
/** Behind kernel text that ends in the middle of a list. */
const TORN_ORPHANS =
  /(?:^|,|[a-z0-9](?=\\{0,31}")|vmconsole=\\{0,31}")\s{0,8}(?=(\\{0,31})"(?:[A-Z_][A-Z0-9_]{0,127}|[a-z]{1,16}_proxy)=)/g;
/** Of all that these find: the names, as environments have them or of proxies. */
const VARIABLE_ENTRY = /"[A-Z_][A-Z0-9_]{0,127}=/;
const PROXY_ENTRY = '_proxy=';
/** Where what is printed on a console begins. */
const CONSOLE_TEXT = /vmconsole=\\{0,31}"/g;
/** The rest of a document or a key: no id has capitals. */
const ORPHAN_DOCUMENT = /(?=[a-z0-9+/=]{0,200}[A-Z])[A-Za-z0-9+/=_-]{64,}/y;
/** The password of a URL whose host is in another piece. */
const URL_END = /(?<=:\/\/[^\s/:@"\\]{1,64}:)(?!\d{1,5}$)[^\s/@"\\]{1,256}$/g;
const ORPHAN_END = /[^"\\]{1,4096}(?=\\{0,31}"\])/y;

/**
 * The text without its secrets.
 * @param mayHold it has a word of the rules.
 * @param isCut it may begin in the middle of a list.
 */
export function blackedOut(text: string, mayHold: boolean, isCut: boolean): Found {
  const secrets: string[] = [];
  let result = text;
  const take = (found: Found): void => {
    secrets.push(...found.secrets);
    result = found.result;
  };
  if (mayHold && HAS_ENVIRONMENT.test(result)) take(environments(result));
  if (isCut && mayBeOrphan(result)) take(orphans(result));
  if (!mayHold) return { result, secrets };
  for (const [hint, find] of SEARCHES) if (hint.test(result)) take(find(result));
  for (const { pattern, hint } of REDACTION_RULES) if (hint.test(result)) take(replaced(result, pattern));
  return { result, secrets };
}

/** Without the hint a search finds nothing. In their order. */
const SEARCHES: readonly (readonly [hint: RegExp, find: (text: string) => Found])[] = [
  [/[=:]/, pairs],
  [/init_?data/i, initdata],
  [/policy/i, policies],
  [/value/i, (text) => valuesBehind(text, SECRET_VARIABLE)],
  [/--/, options],
  [/@/, userInfos],
  [QOM_SECRET, (text) => valuesBehind(text, QOM_DATA)],
  [/B(?:earer|asic)\(/, (text) => valuesBehind(text, RUST_CREDENTIAL)],
  [/\{/, goParameters],
];

/** A text without its secrets, and those. */
export interface Found {
  readonly secrets: readonly string[];
  readonly result: string;
}

/** The text of a value that is an environment: a list, or one variable. */
export function blackedOutEnvironment(text: string): Found {
  const blackout = new Blackout(text);
  blackList(blackout, (/^(?:Some\()?\[?/.exec(text) as RegExpExecArray)[0].length, true);
  return { secrets: blackout.secrets, result: blackout.result() };
}

/** Visits what a pattern finds; the visitor says where to look on. */
function visited(text: string, pattern: RegExp, visit: (blackout: Blackout, match: RegExpExecArray) => number): Found {
  const blackout = new Blackout(text);
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    pattern.lastIndex = Math.max(visit(blackout, match), match.index + 1);
  }
  return { secrets: blackout.secrets, result: blackout.result() };
}

const behind = ({ index, 0: { length } }: RegExpExecArray): number => index + length;

function replaced(text: string, pattern: RegExp): Found {
  return visited(text, pattern, (blackout, match) => {
    if (match[0] !== REDACTED) blackout.black(match.index, behind(match));
    return behind(match);
  });
}

function valuesBehind(text: string, pattern: RegExp): Found {
  return visited(text, pattern, (blackout, match) => {
    const value = valueAt(text, behind(match));
    if (!value) return behind(match);
    const to = value.isQuoted || match[0].includes('"') ? value.to : Math.max(value.to, fieldEnd(text, value.from));
    blackout.black(value.from, to);
    return Math.max(value.next, to);
  });
}

function initdata(text: string): Found {
  return visited(text, INITDATA, (blackout, match) => blackMembers(blackout, behind(match)));
}

function goParameters(text: string): Found {
  return visited(text, GO_PARAMETER, (blackout, match) => {
    const [whole, name = '', value = ''] = match;
    const end = match.index + whole.length - 1;
    if (isSecretOption(name)) blackout.black(end - value.length, end);
    return end;
  });
}

function pairs(text: string): Found {
  return visited(text, PAIR, (blackout, match) => {
    const at = behind(match);
    if (text.startsWith(REDACTED, at)) return at + REDACTED.length;
    if (KERNEL_STAMP.test(text.slice(at, at + 24))) return blackRest(blackout, at);
    if (text[at] === '[') return blackList(blackout, at + 1, false);
    const value = valueAt(text, at);
    if (!value) return at;
    if (isHarmless(text, match, value)) return value.next;
    const to = isGoField(text, match) && !value.isQuoted ? Math.max(value.to, fieldEnd(text, value.from)) : value.to;
    blackout.black(value.from, to);
    return Math.max(value.next, to);
  });
}

const KERNEL_STAMP = /^\[\s{0,5}\d{1,7}\.\d{6}\]/;
const HAS_STAMP = /\[\s{0,5}\d{1,7}\.\d{6}\]/;

/** Kernel text stands before the value, and nobody knows where it ends. */
function blackRest(blackout: Blackout, at: number): number {
  const quote = blackout.text.indexOf('"', at);
  const end = quote < 0 ? blackout.text.length : quote;
  blackout.black(at, end);
  return end;
}

/** `{Name:value,…}`: no blank stands behind the colon. */
function isGoField(text: string, { index, 0: name }: RegExpExecArray): boolean {
  return /^[A-Z]\w*:$/.test(name) && (text[index - 1] === '{' || text[index - 1] === ',');
}

const NOTHING = /^(?:nil|null|None|true|false|undefined|<nil>|&?\w{0,64}\{.*)$/i;
/** Files of programs, and words that begin like one for a secret. */
const NO_SECRET = /\.(?:go|rs|c|py|path|service|socket)$/i;
const PROSE = /^[A-Za-z][a-z]*(?:['/-][a-z]+)?[.,]?$|^E[A-Z]+$|^\d{1,19}$/;
const PROSE_WORD =
  /^(?:not|no|none|unexpected|invalid|missing|denied|failed|expired|error|cannot|could|unable|unknown|permission|connection|context|empty|required|incorrect|wrong|ok|yes|disabled|enabled)$/i;

/** The name that the word stands in. */
function wholeName(text: string, { index, 1: name = '' }: RegExpExecArray): string {
  const before = /[A-Za-z0-9_.-]{0,64}$/.exec(text.slice(Math.max(0, index - 64), index)) as RegExpExecArray;
  return `${before[0]}${name}`;
}

/** Behind a colon there may be words: what happened to a secret, not what it is. */
function isHarmless(text: string, match: RegExpExecArray, value: Value): boolean {
  const name = match[1] as string;
  const given = text.slice(value.from, Math.min(value.to, value.from + 200));
  if (isAboutSecret(wholeName(text, match)) || isHarmlessValue(given)) return true;
  if (value.isQuoted || match.groups?.['sign'] !== ':') return false;
  if (NOTHING.test(given) || NO_SECRET.test(name)) return true;
  if (/^\s*[{(]/.test(text.slice(value.to, value.to + 8)) || PROSE_WORD.test(given)) return true;
  const isPassword = /^pass/i.test(name) && text[match.index - 1] !== '/';
  if (isPassword || !PROSE.test(given)) return false;
  return /^(?:E[A-Z]+|\d+)$/.test(given) || /^[:,]? [A-Za-z]/.test(text.slice(value.to, value.to + 4));
}

function policies(text: string): Found {
  return visited(text, POLICY, (blackout, match) => {
    const value = valueAt(text, behind(match));
    if (!value) return behind(match);
    if (isPolicy(text.slice(value.from, value.to), value.isQuoted)) blackout.black(value.from, value.to);
    return value.next;
  });
}

function options(text: string): Found {
  return visited(text, OPTION, (blackout, match) => {
    const at = behind(match);
    const value = isSecretOption(match[1] as string) ? valueAt(text, at) : undefined;
    if (!value) return at;
    const isProse = !value.isQuoted && OPTION_PROSE.test(text.slice(value.from, value.to));
    if (!isProse) blackout.black(value.from, value.to);
    return value.next;
  });
}

/** `user:password@` and `token@`; the last `@` ends it. */
function userInfos(text: string): Found {
  return visited(text, USER_INFO, (blackout, match) => {
    const authority = match[1] as string;
    const end = authority.lastIndexOf('@');
    // The digest of an image is no host.
    if (end < 0 || authority.startsWith('sha', end + 1)) return behind(match);
    const colon = authority.slice(0, end).indexOf(':');
    const from = behind(match) - authority.length;
    const given = authority.slice(colon + 1, end);
    if (colon >= 0 || !USER_NAME.test(given)) blackout.black(from + colon + 1, from + end);
    return behind(match);
  });
}

/** `env: Some(["NAME=value", …])` in any quoting, `Env:[NAME=value …]`, `Env:"NAME=value"`, variables as objects. */
function environments(text: string): Found {
  const lists = visited(text, ENVIRONMENT, (blackout, match) => {
    const at = behind(match);
    if (match[0].endsWith('map[')) return blackMap(blackout, at);
    if (match[0].endsWith('map[string]string{')) return blackMembers(blackout, at);
    if (/\[$|\]string\{$/i.test(match[0])) return blackList(blackout, at, true);
    if (match[0].endsWith('{')) return blackMembers(blackout, at);
    const value = valueAt(text, at) as Value;
    blackout.black(text.indexOf('=', value.from) + 1, value.to);
    return value.next;
  });
  const variables = valuesBehind(lists.result, VARIABLE);
  const reversed = valuesBehind(variables.result, VALUE_FIRST);
  const given = visited(reversed.result, ENVIRONMENT_OPTION, (blackout, match) => {
    const value = valueAt(reversed.result, behind(match));
    if (!value) return behind(match);
    blackout.black(reversed.result.indexOf('=', value.from) + 1, value.to);
    return value.next;
  });
  const found = [lists, variables, reversed, given].flatMap(({ secrets }) => secrets);
  return { secrets: found, result: given.result };
}

const LONG_RUN = /^[A-Za-z0-9+/=_-]{64}|vmconsole=/;

/** Whether the patterns for orphans may find anything: an entry of a list, the end of one, a long run without a blank. */
function mayBeOrphan(text: string): boolean {
  return (
    (text.includes('"') && (text.includes('=') || text.includes('"]'))) || text.includes('://') || LONG_RUN.test(text)
  );
}

/** What is left of a list whose name is in another piece. */
function orphans(text: string): Found {
  const secrets: string[] = [];
  let result = text;
  const take = (found: Found): void => {
    secrets.push(...found.secrets);
    result = found.result;
  };
  if (VARIABLE_ENTRY.test(text) || text.includes(PROXY_ENTRY)) take(orphanLists(text));
  if (result.includes('"]')) take(atStart(result, ORPHAN_END));
  if (LONG_RUN.test(result)) take(atStart(result, ORPHAN_DOCUMENT));
  if (result.includes('://')) take(replaced(result, URL_END));
  return { secrets, result };
}

function orphanLists(text: string): Found {
  return visited(text, HAS_STAMP.test(text) ? TORN_ORPHANS : ORPHANS, (blackout, match) => {
    const end = match.index - (match[1] as string).length - 1;
    const isFirst = blackout.count === 0 && match[0].startsWith(',') && text[match.index - 1] === '"';
    if (isFirst && !text.endsWith(REDACTED, end)) blackout.black(text.lastIndexOf('"', end - 1) + 1, end);
    return blackList(blackout, behind(match), true);
  });
}

/** Blacks out what a sticky pattern finds where the text begins, and where what it quotes of a console does. */
function atStart(text: string, pattern: RegExp): Found {
  const blackout = new Blackout(text);
  const blackAt = (start: number): void => {
    const match = matchAt(pattern, text, start);
    if (match && match[0] !== REDACTED) blackout.black(start, behind(match));
  };
  blackAt(0);
  for (const quote of text.matchAll(CONSOLE_TEXT)) blackAt(quote.index + quote[0].length);
  return { secrets: blackout.secrets, result: blackout.result() };
}
