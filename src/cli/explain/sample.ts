// `explain --sample`: runs a sample through the real pipeline, with outputs that send nothing.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Plan } from '../../config/plan.ts';
import type { Planned } from '../../config/planned.ts';
import { EnvironmentError } from '../../core/failure.ts';
import { isAtLeast } from '../../core/log-level.ts';
import { printable, quoted } from '../../core/problem.ts';
import { runPlan } from '../../pipeline/run.ts';
import { systemClock } from '../../pipeline/system-clock.ts';
import { titleOf } from './drawing.ts';
import { type Step, type Trace, Tracer } from './tracer.ts';

/** The ways of the records of a sample as text, lines ended. */
export async function explainSample(plan: Plan, sample: string, signal: AbortSignal): Promise<string> {
  const file = path.resolve(sample);
  if (!fs.existsSync(file)) throw new EnvironmentError('explain/sample', `there is no sample ${quoted(sample)}`);
  const source = sourceFor(plan, file);
  const tracer = new Tracer();
  const messages: string[] = [];
  const stateDirectory = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-explain-'));
  try {
    await runPlan(
      { ...plan, sources: [reading(source, file)] },
      {
        stateDirectory,
        once: true,
        root: '',
        hostId: 'sample',
        clock: systemClock,
        sink: (level, message) => {
          if (isAtLeast(level, 'warn')) messages.push(`${level}: ${printable(message)}`);
        },
        outputFor: (planned, host) => tracer.output(planned, host),
        around: tracer,
      },
      signal,
    );
  } finally {
    fs.rmSync(stateDirectory, { recursive: true, force: true });
  }
  const head = `sample ${printable(sample)} as source ${titleOf(source)}; nothing is sent\n`;
  const rest = tracer.forgotten > 0 ? [`… and ${tracer.forgotten} steps of further records`] : [];
  return [head, ...tracer.traces.map(traceText), ...messages, ...rest].map((text) => `${text}\n`).join('');
}

/** The source whose path names a file like the sample, else the first that reads files. */
function sourceFor(plan: Plan, file: string): Planned<'source'> {
  const readers = plan.sources.filter(({ settings }) => typeof settings['path'] === 'string');
  const named = readers.find(({ settings }) => namesLike(String(settings['path']), path.basename(file)));
  const source = named ?? readers[0];
  if (source) return source;
  throw new EnvironmentError(
    'explain/sample',
    'the configuration has no source with a path that a sample could stand for',
  );
}

function namesLike(paths: string, name: string): boolean {
  return paths.split(',').some((each) => {
    const pattern = path.basename(each.trim()).replace(/[.+?^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name);
  });
}

/** The same source, reading the whole sample and remembering nothing. */
function reading(source: Planned<'source'>, file: string): Planned<'source'> {
  const settings = {
    ...source.settings,
    path: file,
    path_delimiter: '\0',
    exclude_path: [],
    pos_file: undefined,
    read_from_head: true,
    limit_recently_modified: undefined,
  };
  return { ...source, settings };
}

function traceText({ offset, steps }: Trace, index: number): string {
  const lines = steps.flatMap((step, at) => stepLines(step, steps[at - 1]));
  return [`record ${index + 1}, at byte ${offset}`, ...lines, ''].join('\n');
}

function stepLines({ plugin, tag, records }: Step, before: Step | undefined): string[] {
  const title = `  ${plugin.kind} ${titleOf(plugin)}  ${printable(tag)}`;
  if (records.length === 0) return [title, '    nothing goes on from here'];
  const isUnchanged = before !== undefined && before.records.join('\n') === records.join('\n');
  return isUnchanged ? [`${title}  unchanged`] : [title, ...records.map((record) => `    ${printable(record)}`)];
}
