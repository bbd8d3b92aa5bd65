// The words by which secrets are found: names of values that are secret, and what else tells of some.

/** Blanks that may stand around a sign; those that the scanner module knows, too. */
export const BLANK = String.raw`[ \t-\r]`;
/** Names of hostile length would be looked through once for each word in them; real ones are shorter. */
export const NAME_MAX = 96;

/** Words in a name that make its value a secret, and names of documents that hold some. */
export const SECRET_WORD =
  '(?:passw(?:or)?d|passphrase|[_-]pass(?![A-Za-z])|(?<![A-Za-z])pwd|token|secret|api_?-?key|access_?-?key|private_?-?key|credential|jaeger_user|init_?data|dockerconfigjson|(?<![A-Za-z0-9])auth|agent[._]policy)';
/** The rest of a name behind the word. */
export const NAME_REST = `[A-Za-z0-9_.-]{0,${NAME_MAX}}`;

/** A text that no rule can find anything in. Cheap, and may say yes too often. */
const SUSPECT =
  /env|pass(?:w(?:or)?d|phrase)|[_-]pass(?![a-z])|pwd|token|secret|auth|(?:api|access|private)_?-?key|private key|credential|init_?data|dockerconfigjson|policy|sealed\.|jaeger_user|bearer[ (]|basic[ (]|:\\*\/\\*\/[^\s/]*@|(?:sig|key|signature)=/i;

/** Words of which every text that SUSPECT finds anything in has one. */
export const SECRET_WORDS: readonly string[] = [
  'env',
  ...['passwd', 'password', 'passphrase', '_pass', '-pass'],
  'pwd',
  'token',
  'secret',
  // QEMU's objects of that kind: no name of a value.
  'secret,',
  'secret"',
  'secret\\',
  'auth',
  ...['api', 'access', 'private'].flatMap((owner) => ['key', '_key', '-key', '_-key'].map((key) => `${owner}${key}`)),
  'private key',
  'credential',
  'initdata',
  ...['init_data', 'initdata {'],
  'dockerconfigjson',
  'policy',
  'sealed.',
  'jaeger_user',
  ...['bearer ', 'bearer(', 'basic ', 'basic('],
  ...['://', ':\\/', ':\\\\'],
  // In queries of URLs.
  'sig=',
  'key=',
  'signature=',
  // Characters of these words may be written as escapes.
  ...['0020', '002d', '002e', '002f', '003a', '004', '005', '006', '007'].map((digits) => `\\u${digits}`),
  ...[2, 3, 4, 5, 6, 7].flatMap((digit) => [`\\x${digit}`, `\\u{${digit}`]),
];

export function mayHoldSecret(text: string): boolean {
  return SUSPECT.test(text);
}

export const CONTROL: RegExp = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/;
const ESCAPED = /\\(?:(?:u00|x|u\{)[0-7]|033)/i;
const NUMBERS = /\[\s?\d{1,3}\s?,\s?\d{1,3}\s?,/;

/** In a line as it was written, a word may stand in escapes, or with a terminal's sequence inside. */
export function mayHideWords(line: string): boolean {
  // Two searches take less time than one for both.
  return ESCAPED.test(line) || CONTROL.test(line);
}

/** Whether a line has lists of numbers, which may be the bytes of a text. */
export function mayHoldBytes(line: string): boolean {
  return NUMBERS.test(line);
}

/** Whether the value of a key of this name is a secret as a whole. */
const WHOLE_SECRET = new RegExp(`${SECRET_WORD}${NAME_REST}$`, 'i');
/** Ends of names that say something about a secret, or are other words: not what it is. */
const ABOUT =
  /(?:^|[._-])(?:ttl|counts?|days|paths?|files?|namespaces?|digest|ur[il]|size|len(?:gth)?|type|mode|method|versions?|expir\w*|image|wall|console|service|socket|mount|target)$|[a-z](?:Name|Namespace|Path|File|Type|Mode|Count)s?$|^(?:\w*[_.-])?auth(?:ors?|ority|ori[sz]ed\w*|or[_.-][\w.-]*|entic\w*|mode)$|tokeni[sz]\w*$|secretar\w*$|^(?:max_|bytes_|n_|num_)?tokens$|^imagePullSecrets$/i;
/** Values that are no secrets: nothing, words for it, a path, the name of a resource of a key broker. */
const HARMLESS =
  /^(?:nil|null|none|true|false|on|off|yes|no|undefined|<nil>|\d{1,3}|\/(?:[\w.-]{1,64}\/){0,20}[\w.-]{1,64}|kbs:\/\/\/.*)$/i;

/** Whether a name that has a word of a secret in it is about one only. */
export function isAboutSecret(name: string): boolean {
  return ABOUT.test(name.slice(-2 * NAME_MAX));
}

export function isHarmlessValue(value: string): boolean {
  return HARMLESS.test(value);
}

export function isSecretName(name: string): boolean {
  return WHOLE_SECRET.test(name) && !isAboutSecret(name);
}

const POLICY_NAME = /(?<![A-Za-z0-9])policy$/i;
/** Policies are long texts; QEMU and the kernel have short words of that name. */
export const POLICY_MIN_CHARS = 24;
const ENCODED_DOCUMENT = /^(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9=]|.{40})[A-Za-z0-9+/=]*$/;

/** Whether the value of a policy is one: a text of many words, or an encoded one. */
export function isPolicy(value: string, isQuoted: boolean): boolean {
  if (value.length < POLICY_MIN_CHARS) return false;
  return (isQuoted && /[\s{}]|\\n/.test(value)) || ENCODED_DOCUMENT.test(value);
}

export function isPolicyName(name: string): boolean {
  return POLICY_NAME.test(name);
}

/** Whether an option `--name` has a secret behind it. */
export function isSecretOption(name: string): boolean {
  return isSecretName(name) || isPolicyName(name);
}
