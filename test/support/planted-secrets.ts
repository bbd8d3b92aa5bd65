// Configurations with a secret planted in every place where one may stand: secret settings, URLs, the environment,
// values that are broken, and beside mistakes.
import type { Fields } from '../../src/config/fields.ts';
import { catalog } from '../../src/plugins/catalog.ts';

export const SECRET = 'pl4nted-s3cret';
const SECTION = { source: 'source', filter: 'filter', output: 'match', parser: 'source', formatter: 'match' } as const;

/** Secret settings of every plugin, by kind, type and name. */
export const secretSettings = catalog.definitions.flatMap(({ kind, type, settings: fields }) =>
  Object.entries(fields as Fields)
    .filter(([, field]) => field.secret)
    .flatMap(([name, field]) => [name, ...(field.aliases ?? [])].map((each) => [kind, type, each] as const)),
);

const match = (lines: string): string => `<match **>\n  @type elasticsearch\n${lines}\n</match>\n`;
/** What it shows, and the configuration; PLANTED is a variable that holds the secret. */
export const planted: readonly (readonly [string, string])[] = [
  ...secretSettings.map(
    ([kind, type, name]) =>
      [
        `${kind} ${type} ${name}`,
        `<${SECTION[kind]}>\n  @type ${type}\n  ${name} ${SECRET}\n  port x\n</${SECTION[kind]}>\n`,
      ] as const,
  ),
  ['hosts with a password', match(`  hosts http://user:${SECRET}@127.0.0.1:1`)],
  ['hosts with a password, broken', match(`  hosts http://user:${SECRET}@:x:y`)],
  ['hosts with a password with @', match(`  hosts http://user:a@${SECRET}@127.0.0.1:1`)],
  ['host:port with a password, without a scheme', match(`  hosts user:${SECRET}@127.0.0.1:1`)],
  ['headers', match(`  custom_headers {"Authorization":"Bearer ${SECRET}"}`)],
  ['headers, broken', match(`  custom_headers {"Authorization":"Bearer ${SECRET}"`)],
  ['headers, no hash', match(`  custom_headers ${SECRET}`)],
  ['the environment in a secret', match('  user me\n  password "#{ENV[\'PLANTED\']}"')],
  ['the environment in a number', match('  port "#{ENV[\'PLANTED\']}"')],
  ['the environment in an enum', match('  scheme "#{ENV[\'PLANTED\']}"')],
  ['the environment in @type', '<match **>\n  @type "#{ENV[\'PLANTED\']}"\n</match>\n'],
  ['the environment in a label', match('  @label "#{ENV[\'PLANTED\']}"')],
  ['the environment in a tag', '<match "#{ENV[\'PLANTED\']}(">\n  @type "null"\n</match>\n'],
  ['the environment in an include', '@include "#{ENV[\'PLANTED\']}"\n'],
  ['a mistyped name', match(`  passwrd ${SECRET}`)],
  ['behind a quoted value', match(`  password "x" ${SECRET}`)],
  ['an open quote', match(`  password '${SECRET}`)],
  ['a bad escape', match(`  password "\\d${SECRET}"`)],
  ['Ruby', match(`  password "#{'${SECRET}' + x}"`)],
  ['Ruby with a default', match(`  password "#{ENV.fetch('NONE', '${SECRET}').strip}"`)],
  ['an include by HTTP', `@include https://user:${SECRET}@config.example/x.conf\n`],
];
