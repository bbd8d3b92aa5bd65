// The rules by which secrets are found in a text, at any depth of quoting. Each goes through it once, however hostile it is:
// what may repeat inside of a pattern has a bound, and what was looked at is not looked at again.

import { Blackout, blackList, blackMembers, fieldEnd, REDACTED, type Value, valueAt } from './secret-values.ts';
import { BLANK, isSecretOption, NAME_REST, POLICY_MIN_CHARS, SECRET_WORD } from './secret-words.ts';

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
    hint: /Bearer |Basic /i,
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

const OWNER = String.raw`(?:[A-Za-z_][\w:]{0,40}\()`;
const IN_OWNER = String.raw`(?:&?Some\(|${OWNER}{1,3}(?=\\{0,31}")|&)?`;
const QUOTE_END = String.raw`\\{0,31}["']?`;
const SIGN = `${BLANK}{0,16}(?<sign>:(?!:)|=(?!=)>?)${BLANK}{0,16}`;
const PAIR = new RegExp(`(${SECRET_WORD}${NAME_REST})${QUOTE_END}${SIGN}${IN_OWNER}`, 'gi');
const POLICY_WORD = /policy/i;
const VALUE_WORD = /value/i;
const POLICY = new RegExp(`(?<![A-Za-z0-9])policy${QUOTE_END}${SIGN}${IN_OWNER}`, 'gi');
const CREDENTIAL = /^[A-Za-z0-9+/_=-]*$/;
const OPTION = new RegExp(
  String.raw`(?<!-)--([A-Za-z0-9._-]{1,64})(?:${BLANK}{1,8}(?!-)|=|\\{0,31}"${BLANK}{0,8},?${BLANK}{0,8}(?=\\{0,31}"(?!-)))`,
  'g',
);
const OPTION_PROSE = /^(?:to|is|or|and|option|flag|argument|was|not|for|in|must|requires?)[.,]?$/;
const ENVIRONMENT_NAME = '(?<![A-Za-z0-9])env(?:ironment|iron|_?vars?|s)?';
/** Blanks and line feeds, written or not. */
const GAP = String.raw`(?:${BLANK}|\\{1,31}[nrt]){0,99}`;
const LIST = String.raw`(?:\\{0,31}")?\[(?:\]string\{)?`;
const OBJECT = String.raw`(?:CommandEnv \{[^{}]{0,64}vars: )?\{(?=${BLANK}{0,8}\\{0,31}")`;
const ENTRY = String.raw`(?=\\{0,31}"?[A-Za-z_][A-Za-z0-9_.-]{0,127}=)`;
const ENVIRONMENT = new RegExp(
  String.raw`${ENVIRONMENT_NAME}\\{0,31}"?${SIGN}(?:&?Some\()?(?:${GAP}${LIST}|${OBJECT}|${ENTRY})`,
  'gi',
);
const HAS_ENVIRONMENT = new RegExp(String.raw`${ENVIRONMENT_NAME}\\{0,31}"?${SIGN}`, 'i');
/** Variables as objects: of Kubernetes, of the interface of container runtimes, and as Go prints those. */
const VARIABLE =
  /\b(?:key|name)\\{0,31}"?\s{0,8}:\s{0,8}(?:\\{0,31}"[^"\\]{0,128}\\{0,31}"|[A-Za-z_][\w.-]{0,128})[\s,]{0,8}\\{0,31}"?value\\{0,31}"?\s{0,8}:\s{0,8}/gi;
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
/** The rest of a document or a key: no id has capitals. */
const ORPHAN_DOCUMENT = /(?<=^|vmconsole=\\{0,31}")(?=[a-z0-9+/=]{0,200}[A-Z])[A-Za-z0-9+/=_-]{64,}/g;
const ORPHAN_END = /(?<=^|vmconsole=\\{0,31}")[^"\\]{1,4096}(?=\\{0,31}"\])/g;

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
  take(pairs(result));
  if (POLICY_WORD.test(result)) take(policies(result));
  if (VALUE_WORD.test(result)) take(valuesBehind(result, SECRET_VARIABLE));
  if (result.includes('--')) take(options(result));
  if (result.includes('@')) take(userInfos(result));
  for (const { pattern, hint } of REDACTION_RULES) if (hint.test(result)) take(replaced(result, pattern));
  if (QOM_SECRET.test(result)) take(valuesBehind(result, QOM_DATA));
  if (/B(?:earer|asic)\(/.test(result)) take(valuesBehind(result, RUST_CREDENTIAL));
  if (result.includes('{')) take(goParameters(result));
  return { result, secrets };
}

/** A text without its secrets, and those. */
export interface Found {
  readonly secrets: readonly string[];
  readonly result: string;
}

/** The text of a value that is an environment: a list, or one variable. */
export function blackedOutEnvironment(text: string): Found {
  const blackout = new Blackout(text);
  blackList(blackout, text.startsWith('[') ? 1 : 0, true);
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
    if (text[at] === '[') return blackList(blackout, at + 1, false);
    const value = valueAt(text, at);
    if (!value) return at;
    if (isHarmless(text, match, value)) return value.next;
    const to = isGoField(text, match) && !value.isQuoted ? Math.max(value.to, fieldEnd(text, value.from)) : value.to;
    blackout.black(value.from, to);
    return Math.max(value.next, to);
  });
}

/** `{Name:value,…}`: no blank stands behind the colon. */
function isGoField(text: string, { index, 0: name }: RegExpExecArray): boolean {
  return /^[A-Z]\w*:$/.test(name) && (text[index - 1] === '{' || text[index - 1] === ',');
}

const NOTHING = /^(?:nil|null|None|true|false|undefined|<nil>|&?\w{0,64}\{.*)$/i;
/** Files of programs, and words that begin like one for a secret. */
const NO_SECRET = /\.(?:go|rs|c|py)$|^auth(?:ors?|ority|entic\w*)$/i;
const PROSE = /^[a-z]+(?:'[a-z]+)?[.,]?$|^E[A-Z]+$|^\d{1,19}$/;
const PROSE_WORD =
  /^(?:not|no|none|unexpected|invalid|missing|denied|failed|expired|error|cannot|could|unable|unknown|permission|connection|context|empty|required|incorrect|wrong|ok|yes|disabled|enabled)$/i;

/** Behind a colon there may be words: what happened to a secret, not what it is. */
function isHarmless(text: string, match: RegExpExecArray, value: Value): boolean {
  if (value.isQuoted || match.groups?.['sign'] !== ':') return false;
  const name = match[1] as string;
  const given = text.slice(value.from, Math.min(value.to, value.from + 200));
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
    const given = text.slice(value.from, value.to);
    const isDocument = value.isQuoted || (CREDENTIAL.test(given) && /[A-Z0-9+/=]/.test(given));
    if (given.length >= POLICY_MIN_CHARS && isDocument) blackout.black(value.from, value.to);
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
    if (/\[$|\]string\{$/i.test(match[0])) return blackList(blackout, at, true);
    if (match[0].endsWith('{')) return blackMembers(blackout, at);
    const value = valueAt(text, at) as Value;
    blackout.black(text.indexOf('=', value.from) + 1, value.to);
    return value.next;
  });
  const variables = valuesBehind(lists.result, VARIABLE);
  const reversed = valuesBehind(variables.result, VALUE_FIRST);
  return { secrets: [...lists.secrets, ...variables.secrets, ...reversed.secrets], result: reversed.result };
}

const LONG_RUN = /^[A-Za-z0-9+/=_-]{64}|vmconsole=/;

/** Whether the patterns for orphans may find anything: an entry of a list, the end of one, a long run without a blank. */
function mayBeOrphan(text: string): boolean {
  return (text.includes('"') && (text.includes('=') || text.includes('"]'))) || LONG_RUN.test(text);
}

/** What is left of a list whose name is in another piece. */
function orphans(text: string): Found {
  const lists = visited(text, ORPHANS, (blackout, match) => {
    const end = match.index - (match[1] as string).length - 1;
    const isFirst = blackout.count === 0 && match[0].startsWith(',') && text[match.index - 1] === '"';
    if (isFirst && !text.endsWith(REDACTED, end)) blackout.black(text.lastIndexOf('"', end - 1) + 1, end);
    return blackList(blackout, behind(match), true);
  });
  const nothing: readonly string[] = [];
  const end = lists.result.includes('"]')
    ? replaced(lists.result, ORPHAN_END)
    : { secrets: nothing, result: lists.result };
  const isLong = LONG_RUN.test(end.result);
  const document = isLong ? replaced(end.result, ORPHAN_DOCUMENT) : { secrets: nothing, result: end.result };
  return { secrets: [...lists.secrets, ...end.secrets, ...document.secrets], result: document.result };
}
