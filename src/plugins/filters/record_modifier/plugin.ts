// Filter `record_modifier`: adds, replaces and removes fields.
import { type Definition, defineFilter } from '../../../config/define.ts';
import { array, type FreeParam, params, regexp, sections, string } from '../../../config/settings.ts';
import type { Batch } from '../../../core/event.ts';
import type { Host } from '../../../core/plugin.ts';
import type { Problem } from '../../../core/problem.ts';
import { editRecords, RecordView } from '../../../core/record-view.ts';
import { checkAccessor } from '../../shared/field-reader.ts';
import { checkPattern, Matcher } from '../../shared/matcher.ts';
import { RecordChanges } from '../../shared/template/record-changes.ts';
import { checkTemplate } from '../../shared/template/template.ts';

const settings = {
  record: params({ doc: 'Fields to add or to change; placeholders as in `record_transformer`.' }),
  remove_keys: array({ fallback: [], doc: 'Fields to remove, after the others were added: `name`, `$.a.b`.' }),
  whitelist_keys: array({ aliases: ['allowlist_keys'], doc: 'Keep only these fields.' }),
  replace: sections(
    {
      key: string({ required: true, doc: 'Field whose text is changed.' }),
      expression: regexp({ required: true, doc: 'What is replaced, everywhere in the text.' }),
      replace: string({ required: true, doc: 'What stands there instead; `\\1` is a group.' }),
    },
    { doc: 'Replaces parts of a text.' },
  ),
  char_encoding: string({ support: 'accepted', doc: 'records are always UTF-8' }),
  prepare_value: string({ support: 'accepted', doc: 'no Ruby is run' }),
  prepare_values: array({ support: 'accepted', doc: 'no Ruby is run' }),
};

interface Replace {
  readonly key: string;
  readonly expression: string;
  readonly replace: string;
}

export const recordModifierFilter: Definition<'filter', typeof settings> = defineFilter({
  type: 'record_modifier',
  summary: 'Adds, replaces and removes fields of records.',
  settings,
  check: (given) => checkModifier(given),
  create: (given, host) => {
    const changes = new RecordChanges({ ...given, kept: undefined, renew_time_key: undefined, typecasts: true }, host);
    const replace = createReplace(given.replace, host);
    const whitelist = createWhitelist(given.whitelist_keys, host);
    return {
      state: 'none',
      apply(batch) {
        changes.apply(batch);
        whitelist?.(batch);
        replace?.(batch);
      },
    };
  },
});

interface ModifierSettings {
  readonly record: readonly FreeParam[];
  readonly remove_keys: readonly string[];
  readonly replace: readonly Replace[];
}

function checkModifier(given: ModifierSettings): readonly Omit<Problem, 'place'>[] {
  return [
    ...given.record.flatMap(({ name, value }) => checkTemplate(name, value, true)),
    ...given.remove_keys.flatMap((accessor) => checkAccessor('remove_keys', accessor)),
    ...given.replace.flatMap(({ key, expression }) => [
      ...checkAccessor('key', key),
      ...checkPattern('expression', expression),
    ]),
  ];
}

function createWhitelist(names: readonly string[] | undefined, host: Host): ((batch: Batch) => void) | undefined {
  if (!names) return undefined;
  const kept = new Set(names);
  const view = new RecordView(host);
  return (batch) =>
    editRecords(batch, view, (record) => {
      for (const name of record.keys()) if (!kept.has(name)) record.remove(name);
      return undefined;
    });
}

function createReplace(rules: readonly Replace[], host: Host): ((batch: Batch) => void) | undefined {
  if (rules.length === 0) return undefined;
  const view = new RecordView(host);
  const running = rules.map(({ key, expression, replace }) => ({
    key,
    replace,
    matcher: new Matcher(expression, host),
  }));
  return (batch) =>
    editRecords(batch, view, (record) => {
      for (const { key, replace, matcher } of running) {
        const text = record.text(key);
        if (text !== undefined && matcher.test(text)) record.setText(key, replaceAll(text, matcher, replace));
      }
      return undefined;
    });
}

function replaceAll(text: string, matcher: Matcher, replacement: string): string {
  let done = '';
  let rest = text;
  for (let found = matcher.exec(rest); found?.[0]; found = matcher.exec(rest)) {
    const groups = found;
    const at = rest.indexOf(found[0]);
    const written = replacement.replace(/\\(\d)/g, (_whole, group: string) => groups[Number(group)] ?? '');
    done += rest.slice(0, at) + written;
    rest = rest.slice(at + found[0].length);
  }
  return done + rest;
}
