// Formatter `json`: the record as one JSON object a line.
import { type Definition, defineFormatter } from '../../../config/define.ts';
import { string } from '../../../config/settings.ts';
import { framedJson, newlineFields, newlineOf } from '../../shared/formatting.ts';

const settings = {
  json_parser: string({ support: 'accepted', doc: 'records are copied, not serialised' }),
  ...newlineFields,
};

export const jsonFormatter: Definition<'formatter', typeof settings> = defineFormatter({
  type: 'json',
  summary: 'The record as one JSON object a line; numbers keep their digits.',
  settings,
  create: (given, host) => {
    const tail = newlineOf(given);
    return { format: (_tag, record) => framedJson(host, '', record, tail) };
  },
});
