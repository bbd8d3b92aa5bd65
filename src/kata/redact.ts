// Secrets in records blacked out: environments in specification dumps, passwords, tokens, policies, credentials.

import { withoutSequences } from './console-text.ts';
import { templateOf } from './lifecycle.ts';
import { pairsJson, valueJson } from './ndjson.ts';
import { Pairs, type Repair, type Understood, type Value } from './record.ts';
import { blackedOut, blackedOutEnvironment, type Found } from './redact-text.ts';
import { REDACTED } from './secret-values.ts';
import {
  CONTROL,
  isHarmlessValue,
  isPolicy,
  isPolicyName,
  isSecretName,
  mayHoldSecret,
  NAME_MAX,
} from './secret-words.ts';

/** Of a list that was parsed, maybe inside of other objects. */
const ENVIRONMENT_NAME = /(?:^|[._-])env(?:ironment|iron|_?vars?|s)?$/i;
/** A number may be a secret under such a name. */
const PASSWORD_NAME = /passw(?:or)?d$/i;

/** Deeper in an object its values are looked through as one text: a guest may nest more than a stack has room for. */
const DEPTH_MAX = 100;
/** What stands in other texts by chance is no secret there: words, short ones, numbers. */
const TELLING = /^(?=.*[A-Za-z])(?=.*[^A-Za-z_.-]).{8,}$|^.{24,}$/s;
/** Each one is looked for by itself: of a text with more of them nothing is shown. */
const KNOWN_MAX = 4096;
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g;
const ESCAPED_ESC = /\\(?:x1b|u001b|u\{1b\}|033)/i;
/** Printable characters that nobody has to escape. */
const NEEDLESS_ESCAPE = /\\u00([2-7][0-9a-f])/gi;
/** A variable, maybe the first one of a list. */
const VARIABLE_START = /^(?:Some\()?\[?\s*\\*"?[A-Za-z_][\w.-]*=/;
/** A member of an environment, of an object that was flattened. */
const VARIABLE_NAME = /(?:^|\.)env(?:ironment|_?vars?|s)?\.[^.]+$/i;

/** An id, a word, a path, a time: no rule finds anything in one that is no longer than what may be left of a document. */
const PLAIN = /^(?:[a-z0-9_/-]*|[A-Za-z0-9_/-]{0,63}|[0-9TZ:.+-]*)$/;

/** What the value of a key may be by its name. */
interface NameKind {
  readonly isSecret: boolean;
  readonly isVariable: boolean;
  readonly isPolicy: boolean;
  readonly isEnvironment: boolean;
}

const NAMES_MAX = 4096;
const kinds = new Map<string, NameKind>();

function kindOf(name: string): NameKind {
  const known = kinds.get(name);
  if (known) return known;
  const kind = {
    isSecret: isSecretName(name),
    isVariable: VARIABLE_NAME.test(name),
    isPolicy: isPolicyName(name),
    isEnvironment: ENVIRONMENT_NAME.test(name),
  };
  if (kinds.size < NAMES_MAX && name.length <= NAME_MAX) kinds.set(name, kind);
  return kind;
}

/** Counts what it blacks out. */
export class Redactor {
  count = 0;
  /** What was blacked out. */
  readonly secrets: Set<string>;
  #depth = 0;
  readonly #isCut: boolean;
  readonly #mayHide: boolean;
  /** The longest text: a record has its message more than once. */
  #longest = { text: '', found: '', count: 0 };

  /**
   * @param isCut its texts may begin or end in the middle of a secret.
   * @param known secrets of other texts; grows.
   * @param mayHide its texts may have in them what no terminal shows.
   */
  constructor(isCut = false, known: Iterable<string> = [], mayHide = true) {
    this.#isCut = isCut;
    this.#mayHide = mayHide;
    this.secrets = known instanceof Set ? known : new Set(known);
  }

  text(text: string, mayHide: boolean = this.#mayHide): string {
    if (PLAIN.test(text)) return text;
    const { found, count } = this.#longest;
    if (text === this.#longest.text) {
      this.count += count;
      return found;
    }
    const { result, secrets } = this.#found(text, mayHide);
    if (text.length >= this.#longest.text.length) this.#longest = { text, found: result, count: secrets.length };
    this.#note(secrets);
    return result;
  }

  /** The text without what was found in others. */
  withoutKnown(text: string): string {
    if (this.secrets.size > KNOWN_MAX) return this.#whole(text);
    let result = text;
    for (const secret of this.secrets) {
      if (!TELLING.test(secret) || !result.includes(secret)) continue;
      result = result.replaceAll(secret, REDACTED);
      this.count++;
    }
    return result;
  }

  #found(text: string, mayHide: boolean): Found {
    const own = this.#byRules(text);
    if (!mayHide || !(ESCAPED_ESC.test(text) || CONTROL.test(text))) return own;
    // What no terminal shows hides a word from the rules, not from readers.
    const bare = this.#byRules(withoutSequences(text).replace(CONTROLS, ''));
    return bare.secrets.length > own.secrets.length ? bare : own;
  }

  #byRules(text: string): Found {
    const mayHold = mayHoldSecret(text);
    return mayHold || this.#isCut ? blackedOut(text, mayHold, this.#isCut) : { result: text, secrets: [] };
  }

  #note(secrets: readonly string[]): void {
    this.count += secrets.length;
    for (const secret of secrets) this.secrets.add(secret);
  }

  pairs(pairs: Pairs): Pairs {
    const before = this.count;
    const values = pairs.values.map((value, index) => this.value(pairs.keys[index] as string, value));
    return this.count === before && !this.#hidesMore(pairs) ? pairs : new Pairs(pairs.keys, values);
  }

  /** Of two values under one name the text of the object has both. */
  #hidesMore({ json, keys, values }: Pairs): boolean {
    if (json === undefined || json.length <= pairsJson(new Pairs(keys, values)).length) return false;
    return this.#byRules(json).secrets.length > 0;
  }

  value(key: string, value: Value): Value {
    if (typeof value === 'string') return this.#string(key, value);
    if (typeof value === 'number' && PASSWORD_NAME.test(key)) return this.#whole(String(value));
    if (typeof value !== 'object' || value === null) return value;
    if (this.#depth >= DEPTH_MAX) return this.text(valueJson(value));
    this.#depth++;
    const kept = Array.isArray(value)
      ? this.#list(key, value)
      : this.#members(
          value as { readonly [key: string]: Value },
          undefined,
          kindOf(key).isEnvironment || kindOf(key).isSecret,
        );
    this.#depth--;
    return kept;
  }

  #string(key: string, value: string): string {
    if (value === '' || value === REDACTED) return value;
    const { isSecret, isVariable, isPolicy: mayBePolicy, isEnvironment } = kindOf(key);
    if (isSecret && !isHarmlessValue(value)) return this.#whole(value);
    if (isVariable || (mayBePolicy && isPolicy(value, true))) return this.#whole(value);
    return isEnvironment && VARIABLE_START.test(value) ? this.#environment(value) : this.text(value);
  }

  #list(key: string, values: readonly Value[]): Value {
    // The bytes of a field of the journal that is no text.
    if (values.length > 0 && values.every((value) => typeof value === 'number')) {
      const text = Buffer.from(values as number[]).toString('utf8');
      const kept = this.text(text, true);
      return kept === text ? values : kept;
    }
    if (!kindOf(key).isEnvironment) return values.map((value) => this.value(key, value));
    return values.map((value) => {
      if (typeof value === 'string') return this.#entry(value);
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? this.#members(value as { readonly [key: string]: Value }, 'value', false)
        : value;
    });
  }

  /** @param secret the member that is a secret by where the object stands. */
  #members(object: { readonly [key: string]: Value }, secret: string | undefined, areAll: boolean): Value {
    const isSecret = (name: string, value: Value): boolean =>
      typeof value === 'string' &&
      value !== '' &&
      value !== REDACTED &&
      (areAll || name.toLowerCase() === secret || (name === 'data' && object['qom-type'] === 'secret'));
    const kept = (name: string, value: Value): Value => {
      if (isSecret(name, value)) return this.#whole(value as string);
      return areAll && typeof value === 'object' && value !== null ? this.#all(value) : this.value(name, value);
    };
    return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, kept(name, value)]));
  }

  /** What stands under the name of a secret, however deep. */
  #all(value: Value): Value {
    if (typeof value === 'string') return value === '' || value === REDACTED ? value : this.#whole(value);
    if (typeof value !== 'object' || value === null) return value;
    if (this.#depth >= DEPTH_MAX) return this.#whole(valueJson(value));
    this.#depth++;
    const kept = Array.isArray(value)
      ? value.map((one) => this.#all(one))
      : this.#members(value as { readonly [key: string]: Value }, undefined, true);
    this.#depth--;
    return kept;
  }

  #environment(text: string): string {
    const { result, secrets } = blackedOutEnvironment(text);
    this.#note(secrets);
    return result;
  }

  #whole(secret: string): string {
    this.#note([secret]);
    return REDACTED;
  }

  /** Without a name it may be the rest of a value. */
  #entry(entry: string): string {
    const from = entry.indexOf('=') + 1;
    if (from === entry.length || entry.startsWith(REDACTED, from)) return entry;
    return `${entry.slice(0, from)}${this.#whole(entry.slice(from))}`;
  }
}

/** Of these, what is left of one record may stand in the line of another. */
const PIECED: ReadonlySet<Repair> = new Set<Repair>(['C1', 'C2', 'C3', 'C5', 'C6', 'C7', 'C8', 'C24']);

/** Variables in the middle of a list. */
const LIST_REST = /", ?\\*"[A-Z_][A-Z0-9_]{0,63}=/;

/** Whether texts of a record may begin or end in the middle of a secret. */
export function isPieced({ kata, fields }: Understood): boolean {
  if (kata.partial === true || kata.repairs?.some((repair) => PIECED.has(repair)) === true) return true;
  const isText = fields === undefined && (kata.component === undefined || kata.component === 'guest-other');
  return isText && kata.msg !== undefined && LIST_REST.test(kata.msg);
}

/**
 * Blacks the secrets of a record out, in each of its copies.
 * @param whole the text of all of its lines, where it was joined from several.
 * @param known secrets of other records of its line; grows.
 * @param mayHide its texts may have in them what no terminal shows.
 */
export function redact(
  record: Understood,
  whole: string | undefined,
  known: Set<string> = new Set(),
  mayHide = true,
): void {
  const redactor = new Redactor(isPieced(record), known, mayHide);
  record.secrets = known;
  const { kata } = record;
  if (record.fields) record.fields = redactor.pairs(record.fields);
  const found = redactor.count;
  const { msg } = kata;
  if (msg !== undefined) kata.msg = redactor.text(msg);
  if (kata.error !== undefined) kata.error = redactor.text(kata.error);
  // A mask in the middle of a secret hides it from the rules, not from readers.
  if (kata.template !== undefined && kata.msg !== undefined && kata.msg !== msg) kata.template = templateOf(kata.msg);
  record.wrappers = record.wrappers.map((pairs) => redactor.pairs(pairs));
  if (record.raw !== undefined) record.raw = rawOf(redactor, record.raw, whole);
  if (redactor.count > 0) kata.redacted = found > 0 ? found : redactor.count;
}

/** Between the lines stands what is around them: a secret that goes from one to the next is whole in the joined text only. */
function rawOf(redactor: Redactor, raw: string, whole: string | undefined): string {
  const before = redactor.count;
  const joined = whole === undefined ? '' : redactor.text(whole);
  const kept = redactor.text(redactor.secrets.size > 0 ? raw.replace(NEEDLESS_ESCAPE, written) : raw);
  const found = whole === undefined || redactor.count === before ? kept : joined;
  // A word that is torn by a sequence or an escape is one in what was read of it only.
  return redactor.withoutKnown(found);
}

/** The character, unless it ends the text or the escape. */
function written(escaped: string, digits: string): string {
  const char = String.fromCharCode(Number.parseInt(digits, 16));
  return char === '"' || char === '\\' ? escaped : char;
}
