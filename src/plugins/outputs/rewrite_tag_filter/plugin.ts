// Output `rewrite_tag_filter`: gives records another tag by the text of their fields and routes them anew.
import { defineRelay, type RelayDefinition } from '../../../config/define.ts';
import { bool, numbered, oneOf, regexp, sections, string } from '../../../config/settings.ts';
import type { Problem } from '../../../core/problem.ts';
import { checkAccessor } from '../../shared/field-reader.ts';
import { checkPattern } from '../../shared/matcher.ts';
import { retagsOf } from './retags.ts';
import { type RewriteSettings, RewriteTag, type Rule, rulesOf } from './rewrite-tag.ts';

const settings = {
  rule: sections(
    {
      key: string({ required: true, doc: "Field: `name`, `$.a.b`, `$['a.b'][0]`." }),
      pattern: regexp({ required: true, doc: 'Found in the text of the field; an empty or missing one has no match.' }),
      tag: string({
        required: true,
        doc: 'The new tag: `$1`…`$9` are groups of the pattern, `${tag}`, `${tag_parts[N]}` and `${hostname}` what they say.',
      }),
      label: string({ doc: 'Label whose rules the record goes through.' }),
      invert: bool({ fallback: false, doc: 'The rule holds where the pattern is not found.' }),
    },
    { doc: 'The first rule that holds gives the tag; a record for which none holds is dropped.' },
  ),
  rewriteruleN: numbered({ doc: 'Old style of `<rule>`: a field, a pattern (`!` in front inverts it), a tag.' }),
  capitalize_regex_backreference: bool({ fallback: false, doc: 'Groups begin with a capital letter in the new tag.' }),
  remove_tag_prefix: string({ doc: 'Removed from the tag that `${tag}` and `${tag_parts[N]}` stand for.' }),
  remove_tag_regexp: regexp({ doc: 'As `remove_tag_prefix`, for what the pattern finds.' }),
  hostname_command: string({ support: 'accepted', doc: 'nothing is run: the name of the host is known' }),
  emit_mode: oneOf(['batch', 'record'], { support: 'accepted', doc: 'records go on in groups of one tag' }),
};

export const rewriteTagFilterOutput: RelayDefinition<typeof settings> = defineRelay({
  type: 'rewrite_tag_filter',
  summary: 'Gives records another tag by the text of their fields, and routes them anew.',
  settings,
  check: (given) => checkRewrite(given),
  retags: (given, tag) => retagsOf(given, tag),
  create: (given, host) => new RewriteTag(given, host),
});

function checkRewrite(given: RewriteSettings): readonly Omit<Problem, 'place'>[] {
  const problems: Omit<Problem, 'place'>[] = [];
  const error = (message: string): void => {
    problems.push({ code: 'config/rewrite-rule', severity: 'error', message });
  };
  if (given.rewriteruleN.length > 0) {
    const hint = 'write <rule> with key, pattern and tag';
    problems.push({ code: 'config/old-style', severity: 'warning', message: 'rewriteruleN is old style', hint });
  }
  const rules = rulesOf(given);
  for (const { text } of given.rewriteruleN.filter((one) => rulesOf({ rule: [], rewriteruleN: [one] }).length === 0))
    error(`expected a field, a pattern and a tag, got ${JSON.stringify(text)}`);
  if (rules.length === 0) error('expected at least one <rule>');
  if (given.remove_tag_prefix !== undefined && given.remove_tag_regexp !== undefined)
    error('expected remove_tag_prefix or remove_tag_regexp, found both');
  const isTwice = (rule: Rule, index: number): boolean =>
    rules.findIndex(({ key, pattern }) => key === rule.key && pattern === rule.pattern) !== index;
  if (rules.some(isTwice)) error('two rules have the same key and pattern');
  for (const { key, pattern } of rules)
    problems.push(...checkAccessor('key', key), ...checkPattern('pattern', pattern));
  if (given.remove_tag_regexp !== undefined)
    problems.push(...checkPattern('remove_tag_regexp', given.remove_tag_regexp));
  return problems;
}
