// Secrets in log texts blacked out: environments in specification dumps, passwords, tokens, policies, credentials.
// The rules are applied to texts at any depth of quoting.
import { templateOf } from './lifecycle.ts';
import { Pairs, type Understood, type Value } from './record.ts';

export const REDACTED = '[redacted]';

/** One rule: what it is for, and the pattern whose last group is the secret. */
export interface RedactionRule {
  readonly name: string;
  readonly doc: string;
  readonly pattern: RegExp;
  /** Every text in which the pattern finds anything has this. */
  readonly hint: RegExp;
}

/** The rules in the order in which they are applied. */
export const REDACTION_RULES: readonly RedactionRule[] = [
  {
    name: 'url-password',
    doc: 'the password in `scheme://user:password@host`',
    hint: /:\/\/[^\s/]*@/,
    pattern: /(?<=\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"\\]{1,200}:)[^\s/@"\\]+(?=@)/gi,
  },
  {
    name: 'authorization',
    doc: 'what follows `Bearer` or `Basic`',
    hint: /Bearer |Basic /,
    pattern: /(?<=\b(?:Bearer|Basic) )(?=[A-Za-z+/_.~-]*[0-9=])[A-Za-z0-9+/_.=~-]{16,}/g,
  },
  {
    name: 'sealed-secret',
    doc: 'sealed secrets of confidential containers',
    hint: /sealed\./,
    pattern: /(?<=\bsealed\.)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+/g,
  },
];

/** Words in a name that make its value a secret, and names of documents that hold some. */
const SECRET_WORD =
  '(?:passw(?:or)?d|passphrase|token|secret|api_?-?key|access_?-?key|private_?-?key|credential|jaeger_user|init_?data|(?<![A-Za-z0-9])auth|agent[._]policy)';
/** The rest of a name behind the word. */
const NAME_REST = '[A-Za-z0-9_.-]*';

const PAIR_QUOTED = new RegExp(
  String.raw`(${SECRET_WORD}${NAME_REST}\\*"?\s*[:=]\s*(?:Some\()?)(\\*)"((?:(?!(?<!\\)\2")[\s\S])*)(?<!\\)\2"`,
  'gi',
);
const PAIR_BARE = new RegExp(
  String.raw`(${SECRET_WORD}${NAME_REST}=)(?!\\*"|Some\(|\[redacted\])([^\s"\\,;&)\]}]+)`,
  'gi',
);
/** What both begin with, without the value: many texts have a word of them, few a pair. */
const PAIR = new RegExp(String.raw`${SECRET_WORD}${NAME_REST}\\*"?\s*[:=]`, 'i');
/** Policies are long texts; QEMU and the kernel have short words of that name. */
const POLICY = /((?<![A-Za-z0-9])policy\\*"?\s*[:=]\s*(?:Some\()?)(\\*)"((?:(?!(?<!\\)\2")[\s\S])*)(?<!\\)\2"/gi;
const POLICY_WORD = /policy/i;
const POLICY_MIN_CHARS = 24;
const ENVIRONMENT = /\benv(?:ironment)?\\*"?\s*[:=]\s*(?:Some\()?\[/gi;
/** Of a list that was parsed, maybe inside of other objects. */
const ENVIRONMENT_NAME = /(?:^|[._-])env(?:ironment)?$/i;
const ENVIRONMENT_ENTRY = /[\s,]*(\\*)"([^"\\=]*)=((?:(?!(?<!\\)\1")[\s\S])*)(?<!\\)\1"/y;
const ENVIRONMENT_WORD = /[\s,]*([A-Za-z_][A-Za-z0-9_.-]*)=([^\s\]",]*)/y;

/** A text that no rule can find anything in. Cheap, and may say yes too often. */
const SUSPECT =
  /env|passw|passph|token|secret|auth|(?:api|access|private)_?-?key|credential|init_?data|policy|sealed\.|jaeger_user|bearer |basic |:\/\/[^\s/]*@/i;

/** Words of which every text that SUSPECT finds anything in has one. */
export const SECRET_WORDS: readonly string[] = [
  'env',
  'passw',
  'passph',
  'token',
  'secret',
  'auth',
  ...['api', 'access', 'private'].flatMap((owner) => ['key', '_key', '-key', '_-key'].map((key) => `${owner}${key}`)),
  'credential',
  'initdata',
  'init_data',
  'policy',
  'sealed.',
  'jaeger_user',
  'bearer ',
  'basic ',
  '://',
  // Characters of these words may be written as escapes.
  ...['0020', '002d', '002e', '002f', '003a', '004', '005', '006', '007'].map((digits) => `\\u${digits}`),
];

export function mayHoldSecret(text: string): boolean {
  return SUSPECT.test(text);
}

/** Whether the value of a key of this name is a secret as a whole. */
const WHOLE_SECRET = new RegExp(`${SECRET_WORD}${NAME_REST}$`, 'i');
const knownNames = new Map<string, boolean>();

function isSecretName(name: string): boolean {
  let known = knownNames.get(name);
  if (known === undefined) {
    known = WHOLE_SECRET.test(name);
    if (knownNames.size < 4096) knownNames.set(name, known);
  }
  return known;
}

/** Counts what it blacks out. */
export class Redactor {
  count = 0;
  /** The last text: a record has its message more than once. */
  #last = { text: '', found: '', count: 0 };

  text(text: string): string {
    const { found, count } = this.#last;
    if (text === this.#last.text) {
      this.count += count;
      return found;
    }
    const before = this.count;
    const result = SUSPECT.test(text) ? this.#blackedOut(text) : text;
    this.#last = { text, found: result, count: this.count - before };
    return result;
  }

  #blackedOut(text: string): string {
    let result = this.#environments(text);
    const hasPair = PAIR.test(result);
    if (hasPair) result = this.#quoted(result, PAIR_QUOTED, 1);
    if (POLICY_WORD.test(result)) result = this.#quoted(result, POLICY, POLICY_MIN_CHARS);
    if (hasPair) result = this.#bare(result);
    for (const { pattern, hint } of REDACTION_RULES) {
      if (!hint.test(result)) continue;
      result = result.replace(pattern, () => {
        this.count++;
        return REDACTED;
      });
    }
    return result;
  }

  #bare(text: string): string {
    return text.replace(PAIR_BARE, (_, head: string) => {
      this.count++;
      return `${head}${REDACTED}`;
    });
  }

  #quoted(text: string, pattern: RegExp, minChars: number): string {
    return text.replace(pattern, (whole, head: string, slashes: string, value: string) => {
      if (value.length < minChars || value === REDACTED) return whole;
      this.count++;
      return `${head}${slashes}"${REDACTED}${slashes}"`;
    });
  }

  pairs(pairs: Pairs): Pairs {
    const before = this.count;
    const values = pairs.values.map((value, index) => this.value(pairs.keys[index] as string, value));
    return this.count === before ? pairs : new Pairs(pairs.keys, values);
  }

  value(key: string, value: Value): Value {
    if (typeof value === 'string') {
      if (value !== '' && value !== REDACTED && isSecretName(key)) {
        this.count++;
        return REDACTED;
      }
      return this.text(value);
    }
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return this.#list(key, value);
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.value(name, inner)]));
  }

  #list(key: string, values: readonly Value[]): Value {
    // The bytes of a field of the journal that is no text.
    if (values.length > 0 && values.every((value) => typeof value === 'number')) {
      const text = Buffer.from(values as number[]).toString('utf8');
      const kept = this.text(text);
      return kept === text ? values : kept;
    }
    if (!ENVIRONMENT_NAME.test(key)) return values.map((value) => this.value(key, value));
    return values.map((value) => (typeof value === 'string' ? this.#entry(value) : value));
  }

  #entry(entry: string): string {
    const equals = entry.indexOf('=');
    if (equals < 0 || equals === entry.length - 1) return entry;
    this.count++;
    return `${entry.slice(0, equals + 1)}${REDACTED}`;
  }

  /** `env: Some(["NAME=value", …])` in any quoting, `Env:[NAME=value …]`. */
  #environments(text: string): string {
    let result = '';
    let from = 0;
    ENVIRONMENT.lastIndex = 0;
    for (let match = ENVIRONMENT.exec(text); match; match = ENVIRONMENT.exec(text)) {
      let at = match.index + match[0].length;
      result += text.slice(from, at);
      for (let entry = entryAt(text, at); entry; entry = entryAt(text, at)) {
        result += entry.kept;
        this.count += entry.isSecret ? 1 : 0;
        at = entry.end;
      }
      from = at;
      ENVIRONMENT.lastIndex = at;
    }
    return from === 0 ? text : result + text.slice(from);
  }
}

function entryAt(
  text: string,
  at: number,
): { readonly kept: string; readonly end: number; readonly isSecret: boolean } | undefined {
  ENVIRONMENT_ENTRY.lastIndex = at;
  const quoted = ENVIRONMENT_ENTRY.exec(text);
  if (quoted) {
    const [whole, slashes = '', , value = ''] = quoted;
    const end = at + whole.length;
    if (value === '' || value === REDACTED) return { kept: whole, end, isSecret: false };
    return {
      kept: `${whole.slice(0, whole.length - value.length - slashes.length - 1)}${REDACTED}${slashes}"`,
      end,
      isSecret: true,
    };
  }
  ENVIRONMENT_WORD.lastIndex = at;
  const word = ENVIRONMENT_WORD.exec(text);
  if (!word) return undefined;
  const [whole, , value = ''] = word;
  const end = at + whole.length;
  if (value === '' || value === REDACTED) return { kept: whole, end, isSecret: false };
  return { kept: `${whole.slice(0, whole.length - value.length)}${REDACTED}`, end, isSecret: true };
}

/** Blacks the secrets of a record out, in each of its copies. */
export function redact(record: Understood): void {
  const redactor = new Redactor();
  const { kata } = record;
  if (record.fields) record.fields = redactor.pairs(record.fields);
  const found = redactor.count;
  const { msg } = kata;
  if (msg !== undefined) kata.msg = redactor.text(msg);
  if (kata.error !== undefined) kata.error = redactor.text(kata.error);
  // A mask in the middle of a secret hides it from the rules, not from readers.
  if (kata.template !== undefined && kata.msg !== undefined && kata.msg !== msg) kata.template = templateOf(kata.msg);
  record.wrappers = record.wrappers.map((pairs) => redactor.pairs(pairs));
  if (record.raw !== undefined) record.raw = redactor.text(record.raw);
  if (redactor.count > 0) kata.redacted = found > 0 ? found : redactor.count;
}
