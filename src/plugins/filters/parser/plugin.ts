// Filter `parser`: parses the text of one field and makes the record of what it finds there.
import { type Definition, defineFilter } from '../../../config/define.ts';
import { bool, nested, string } from '../../../config/settings.ts';
import { checkAccessor } from '../../shared/field-reader.ts';
import { ParserFilter } from './parser-filter.ts';

const settings = {
  key_name: string({ required: true, doc: "Field whose text is parsed: `name`, `$.a.b`, `$['a.b'][0]`." }),
  reserve_data: bool({ fallback: false, doc: 'Keep the other fields; a parsed field wins where both have one.' }),
  reserve_time: bool({ fallback: false, doc: 'Keep the time that the record had.' }),
  remove_key_name_field: bool({ fallback: false, doc: 'With `reserve_data`: remove the parsed field.' }),
  inject_key_prefix: string({ doc: 'Put in front of the name of every parsed field.' }),
  replace_invalid_sequence: bool({
    fallback: false,
    support: 'accepted',
    doc: 'bytes that are no UTF-8 are always shown as U+FFFD and the record is flagged',
  }),
  hash_value_field: string({ doc: 'Put all parsed fields as one object into this field.' }),
  emit_invalid_record_to_error: bool({ fallback: true, doc: 'Hand what cannot be parsed to the label @ERROR.' }),
  parse: nested('parser', { required: true, doc: 'How the text is written.' }),
};

export const parserFilter: Definition<'filter', typeof settings> = defineFilter({
  type: 'parser',
  summary: 'Parses the text of one field into fields of the record, and the time of the event with them.',
  settings,
  legacy: ['parser'],
  check: ({ key_name: name }) => checkAccessor('key_name', name),
  create: (given, host) => new ParserFilter(given, host.create(given.parse), host),
});
