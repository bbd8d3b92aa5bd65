// Filter `stdout`: prints every record on its way.
import { type Definition, defineFilter } from '../../../config/define.ts';
import { nested } from '../../../config/settings.ts';
import { eachLive } from '../../../core/each-live.ts';
import { createInject, injectSection } from '../../shared/inject.ts';
import { defaultStdout } from '../../shared/line-formatters.ts';
import { writeStdout } from '../../shared/write-stdout.ts';

const settings = {
  format: nested('formatter', { doc: 'How a record is written; the formatter `stdout` without it.' }),
  inject: injectSection,
};

export const stdoutFilter: Definition<'filter', typeof settings> = defineFilter({
  type: 'stdout',
  summary: 'Prints every record on standard output and lets it pass.',
  settings,
  legacy: ['inject', 'formatter'],
  create: (given, host) => {
    const formatter = given.format ? host.create(given.format) : defaultStdout(host);
    const inject = createInject(given.inject, host);
    return {
      state: 'none',
      apply(batch) {
        const printed = { ...batch };
        inject?.(printed);
        const { arena } = batch;
        const parts: Buffer[] = [];
        const mark = arena.mark();
        eachLive(printed, (record, time) => {
          const { start, end } = formatter.format(batch.tag, record, time);
          parts.push(Buffer.from(arena.u8.subarray(start, end)));
          arena.release(mark);
        });
        writeStdout(Buffer.concat(parts));
      },
    };
  },
});
