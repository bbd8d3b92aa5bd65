// Mistakes that people make in a fluent.conf, and every word that `katalog check` says to each.
import { expect, test } from 'vitest';
import { readConfig } from '../src/config/load.ts';
import { contextOf } from '../src/config/plain-read.ts';
import { describeProblem } from '../src/core/problem.ts';
import { catalog } from '../src/plugins/catalog.ts';

const SOURCE = `<source>
  @type tail
  path /var/log/kata.log
  tag kata.runtime
  <parse>
    @type json
  </parse>
</source>
`;
const MATCH = `<match kata.**>
  @type elasticsearch
  host es
  port 9200
</match>
`;

function said(text: string): string {
  const { environment, ...files } = contextOf({ 'fluent.conf': text });
  const { outcome } = readConfig('fluent.conf', catalog, environment, files);
  return outcome.problems.map((problem) => `${describeProblem(problem)}\n`).join('');
}

test('without a mistake nothing is said', () => {
  expect(said(SOURCE + MATCH)).toBe('');
});

test.each<readonly [string, string, readonly string[]]>([
  [
    'a mistyped plugin',
    SOURCE + MATCH.replace('elasticsearch', 'elastcsearch'),
    [
      'fluent.conf:10:9 error: there is no output "elastcsearch" [config/unknown-plugin]',
      '    hint: did you mean "elasticsearch"?',
    ],
  ],
  [
    'a mistyped parameter',
    SOURCE.replace('tag ', 'tga ') + MATCH,
    [
      'fluent.conf:1:1 error: <source>: expected a parameter tag [config/missing-parameter]',
      '    hint: Tag of the events; `*` stands for the path with dots.',
      'fluent.conf:4:3 warning: tail has no parameter "tga" [config/unknown-parameter]',
      '    hint: did you mean "tag"?',
    ],
  ],
  [
    'a section that is not closed',
    SOURCE.replace('  </parse>\n', '') + MATCH,
    [
      'fluent.conf:7:1 error: expected </parse>, found "</source>" [config/unmatched-end]',
      '    hint: the section <parse> begins at line 5',
    ],
  ],
  [
    'the order of matches',
    `${SOURCE}<match **>\n  @type stdout\n</match>\n${MATCH}`,
    [
      'fluent.conf:12:1 warning: <match kata.**>: no event comes here, <match **> at line 9 takes them all [config/unreachable]',
      '    hint: the first match that fits takes an event: move it before that match, or use copy to give events to both',
    ],
  ],
  [
    'a filter behind its match',
    `${SOURCE}${MATCH}<filter kata.**>\n  @type parser\n  key_name msg\n  <parse>\n    @type logfmt\n  </parse>\n</filter>\n`,
    [
      'fluent.conf:14:1 warning: <filter kata.**>: no event comes here, <match kata.**> at line 9 takes them all [config/unreachable]',
      '    hint: filters apply to what comes after them: move it before that match',
    ],
  ],
  [
    'a mistyped label',
    `${SOURCE.replace('  tag', '  @label @KATTA\n  tag')}<label @KATA>\n${MATCH}</label>\n`,
    ['fluent.conf:4:10 error: there is no <label @KATTA> [config/unknown-label]', '    hint: did you mean "@KATA"?'],
  ],
  [
    'a mistyped tag',
    SOURCE + MATCH.replace('kata.**', 'kata.runtme'),
    [
      'fluent.conf:9:1 warning: <match kata.runtme>: no event has such a tag [config/no-such-tag]',
      '    hint: did you mean "kata.runtime"?',
    ],
  ],
  [
    'milliseconds',
    SOURCE.replace('  tag', '  refresh_interval 500ms\n  tag') + MATCH,
    [
      'fluent.conf:4:20 warning: refresh_interval: expected a duration such as 5s, 2m or 0.1, got "500ms", which is taken as 30000 seconds [config/ambiguous-duration]',
      '    hint: Fluentd reads it so; for 0.5 seconds write 0.5',
    ],
  ],
  [
    'a list that is no JSON',
    SOURCE + MATCH.replace('host es', 'hosts [es1:9200, es2:9200]'),
    [
      'fluent.conf:11:9 error: expected a complete JSON array [config/incomplete-json]',
      '    hint: a value that begins with [ is read as JSON; put quotes around it if it is meant as text',
    ],
  ],
  [
    'a relative path',
    SOURCE.replace('/var/log', 'log') + MATCH,
    ['fluent.conf:3:8 error: path: expected an absolute path, got "log/kata.log" [config/relative-path]'],
  ],
  [
    'a variable that is not set',
    SOURCE + MATCH.replace('host es', 'host "#{ENV.fetch(\'ES_HOST\')}"'),
    [
      "fluent.conf:11:9 error: #{ENV.fetch('ES_HOST')}: the environment variable is not set [config/ruby]",
      '    hint: set it, or give ENV.fetch a default',
    ],
  ],
  [
    'a backslash in double quotes',
    SOURCE.replace('path /var/log/kata.log', 'path "/var/log/kata-\\d.log"') + MATCH,
    [
      'fluent.conf:3:23 error: unknown escape "\\d" in a double-quoted value [config/unknown-escape]',
      '    hint: known are \\" \\\' \\\\ \\r \\n \\t \\f \\b \\0; for a regular expression write it bare, or double the backslash: \\\\d',
    ],
  ],
  [
    'an end tag that stands too late',
    `${SOURCE.replace('</source>\n', '')}${MATCH}</source>\n`,
    [
      'fluent.conf:8:1 warning: tail has no section <match> [config/unknown-section]',
      '    hint: it stands beside the other sections, not inside of one: does an end tag stand too late?',
    ],
  ],
  [
    'one position file for two sources',
    SOURCE.replace('  tag', '  pos_file /var/log/kata.pos\n  tag').repeat(2) + MATCH,
    [
      'fluent.conf:10:1 error: pos_file: "/var/log/kata.pos" is the file of another source, too [config/position-file-twice]',
      '    hint: that source stands at fluent.conf:1:1; give each one its own',
    ],
  ],
  [
    'a Z that is taken for a zone',
    SOURCE.replace('@type json', '@type json\n    time_format %Y-%m-%dT%H:%M:%SZ') + MATCH,
    [
      'fluent.conf:7:17 warning: time_format: the Z at the end of "%Y-%m-%dT%H:%M:%SZ" is a letter, not a zone: times are read in local time [config/letter-z]',
      '    hint: write %z, or utc true with it',
    ],
  ],
  [
    'a placeholder that there is not',
    `${SOURCE}<filter **>\n  @type record_transformer\n  <record>\n    a b\n    host \${host}\n  </record>\n</filter>\n${MATCH}`,
    [
      'fluent.conf:13:10 warning: host: "${host}" stands for nothing: alone it gives null, inside of a text it is left out [config/unknown-placeholder]',
      '    hint: known are ${record["k"]}, ${tag}, ${tag_parts[N]}, ${tag_prefix[N]}, ${tag_suffix[N]}, ${hostname} and ${time}',
    ],
  ],
  [
    'a rule that leads to itself',
    `${SOURCE}<match kata.**>\n  @type rewrite_tag_filter\n  <rule>\n    key level\n    pattern /(.+)/\n    tag kata.$1\n  </rule>\n</match>\n`,
    [
      'fluent.conf:11:3 warning: tag "kata.$1": the same <match> takes events with this tag, and they are dropped, as their tag would stay as it is [config/comes-back]',
      '    hint: give a tag that an earlier <match> takes or this one does not, or a label: <rule> … label @NEXT',
    ],
  ],
])('%s', (_, text, expected) => {
  expect(said(text).split('\n').slice(0, -1)).toEqual(expected);
});
