// Texts that hold secrets in any form and quoting, and such as look like it.
import fc from 'fast-check';

/** What rules of redaction look at: secrets, and what is none. */
export const suspicious: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('', 'x', 'x ', 'agent.', 'agent_', 'lost_', '"', '\\"', '--', '--x-', '?', '&', "'", 'https://'),
    fc.constantFrom(
      'env',
      'Environment',
      'password',
      'api_key',
      'auth',
      'policy',
      'jaeger_user',
      'basic',
      'Bearer',
      'sealed.',
      'initdata',
      'sig',
      'key',
      'X-Signature',
      'secret',
      'secret,id=x,data',
      'qom-type":"secret","data"',
      '-----BEGIN PRIVATE KEY-----',
      'Envs:[]*KeyValue{&KeyValue{Key:A,Value',
      'ghp0@',
      'DB_pass',
      'pwd',
    ),
    fc.constantFrom('', '-x', ' ', '"', '\\"', '\n', '\\n', '" ', 's/', "'", '", ', '.go', '::', '","value"'),
    fc.constantFrom(
      ':',
      '=',
      ': ',
      '=Some(',
      ': Some([',
      '',
      ' ',
      '://u:p@h/',
      '://h/',
      ':[',
      '=x(',
      ':&',
      ':{',
      ' =>',
    ),
    fc.constantFrom(
      ...['"value of more than twenty-four"', '\\"v\\"', 'A=b', '["A=b", "C=d"]', 'abcdefghijklmnop12', 'x'],
      ...['"A=b', 'A=b c C=d] x', 'cGFja2FnZSBhZ2VudF9wb2xpY3k=', 'ab12cd', 'abCdef', '{Key:A,Value:b,}', "'p w'"],
      ...['not found', 'swordfish', '"x', 'a,b c', '\\"v'],
    ),
  )
  .map((parts) => parts.join(''));
