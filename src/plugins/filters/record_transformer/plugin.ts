// Filter `record_transformer`: adds, changes and removes fields.
import { type Definition, defineFilter } from '../../../config/define.ts';
import { array, bool, type FreeParam, params, string } from '../../../config/settings.ts';
import type { Problem } from '../../../core/problem.ts';
import { checkAccessor } from '../../shared/field-reader.ts';
import { RecordChanges } from '../../shared/template/record-changes.ts';
import { checkTemplate } from '../../shared/template/template.ts';

const settings = {
  record: params({
    doc: 'Fields to add or to change. `${record["k"]}`, `${tag}`, `${tag_parts[N]}`, `${tag_prefix[N]}`, `${tag_suffix[N]}`, `${hostname}` and `${time}` stand for what they say.',
  }),
  remove_keys: array({
    fallback: [],
    doc: "Fields to remove, after the others were added: `name`, `$.a.b`, `$['a.b'][0]`.",
  }),
  keep_keys: array({ doc: 'With `renew_record`: fields of the original to keep.' }),
  renew_record: bool({ fallback: false, doc: 'Begin with an empty record.' }),
  renew_time_key: string({ doc: 'Field with the new time of the event, in seconds since the epoch.' }),
  enable_ruby: bool({
    fallback: false,
    doc: 'Understand simple Ruby expressions over placeholders; others are refused, as nothing is run.',
  }),
  auto_typecast: bool({ fallback: true, doc: 'A value that is just one placeholder keeps its type.' }),
};

interface TransformerSettings {
  readonly record: readonly FreeParam[];
  readonly remove_keys: readonly string[];
  readonly keep_keys: readonly string[] | undefined;
  readonly renew_record: boolean;
  readonly enable_ruby: boolean;
}

export const recordTransformerFilter: Definition<'filter', typeof settings> = defineFilter({
  type: 'record_transformer',
  summary: 'Adds, changes and removes fields of records.',
  settings,
  check: (given) => checkTransformer(given),
  create: (given, host) => {
    const kept = given.renew_record ? (given.keep_keys ?? []) : undefined;
    const changes = new RecordChanges({ ...given, kept, typecasts: given.auto_typecast }, host);
    return { state: 'none', apply: (batch) => changes.apply(batch) };
  },
});

function checkTransformer(given: TransformerSettings): readonly Omit<Problem, 'place'>[] {
  const needsRenew = given.keep_keys !== undefined && !given.renew_record;
  return [
    ...given.record.flatMap(({ name, value }) => checkTemplate(name, value, given.enable_ruby)),
    ...given.remove_keys.flatMap((accessor) => checkAccessor('remove_keys', accessor)),
    ...(given.keep_keys ?? []).flatMap((accessor) => checkAccessor('keep_keys', accessor)),
    ...(needsRenew
      ? [
          {
            code: 'config/keep-keys',
            severity: 'error' as const,
            message: 'keep_keys: expected renew_record true with it',
          },
        ]
      : []),
  ];
}
