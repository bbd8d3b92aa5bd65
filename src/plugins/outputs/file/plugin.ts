// Output `file`: appends records to files named after the event's day, as out_file does.

import * as path from 'node:path';
import { type Definition, defineOutput } from '../../../config/define.ts';
import { bool, nested, string } from '../../../config/settings.ts';
import { eachLive } from '../../../core/each-live.ts';
import type { Batch, Instant } from '../../../core/event.ts';
import type { Formatter, Json, Output, OutputHost } from '../../../core/plugin.ts';
import type { Problem } from '../../../core/problem.ts';
import { countLive } from '../../../core/tape.ts';
import { formatTime } from '../../../formats/time/format.ts';
import { whyUnwritable } from '../../shared/file-probe.ts';
import { createInject, injectSection } from '../../shared/inject.ts';
import { defaultOutFile } from '../../shared/line-formatters.ts';
import { AppendedFiles } from './appended-files.ts';

const settings = {
  path: string({
    required: true,
    doc: 'Where to write. `PATH.%Y%m%d.log` is made of it; a `*` stands for the day; with `%` directives or `${tag}` of its own it is the whole name.',
  }),
  append: bool({
    fallback: true,
    support: 'accepted',
    doc: 'Files are always appended to: a chunk is no unit here, so there is nothing that numbered files would hold.',
  }),
  format: nested('formatter', { doc: 'How a record is written; the formatter `out_file` without it.' }),
  inject: injectSection,
  time_slice_format: string({ fallback: '%Y%m%d', doc: 'The part of the name that stands for the time.' }),
  utc: bool({ fallback: false, doc: 'Days and written times are in UTC instead of local time.' }),
};

export const fileOutput: Definition<'output', typeof settings> = defineOutput({
  type: 'file',
  summary: 'Appends records to files, exactly once: after a crash a file is cut back to what its positions cover.',
  settings,
  legacy: ['inject', 'formatter'],
  destination: (given) => given.path,
  probe: (given) => Promise.resolve(probeFile(nameTemplate(given.path, given.time_slice_format))),
  create: (given, host) => {
    const formatter = given.format ? host.create(given.format) : defaultOutFile(host, given.utc);
    return new FileOutput(given, formatter, createInject(given.inject, host), host);
  },
});

/** The part of the name that no event changes. */
function probeFile(template: string): readonly Omit<Problem, 'place'>[] {
  const [fixed = ''] = template.split(/%|\$\{/, 1);
  // What is behind the last slash is the name of no file yet.
  const why = whyUnwritable(fixed === template ? template : `${path.dirname(`${fixed}x`)}/x`);
  return why === undefined ? [] : [{ code: 'live/unwritable', severity: 'error', message: `path: ${why}` }];
}

interface FileSettings {
  readonly path: string;
  readonly time_slice_format: string;
  readonly utc: boolean;
}

class FileOutput implements Output {
  readonly delivery = 'exactly-once';
  readonly #host: OutputHost;
  readonly #files: AppendedFiles;
  readonly #template: string;
  readonly #zone: 'utc' | 'local';
  readonly #formatter: Formatter;
  readonly #inject: ((batch: Batch) => void) | undefined;
  #second = Number.NaN;
  #name = '';
  #nameTag = '';

  constructor(
    given: FileSettings,
    formatter: Formatter,
    inject: ((batch: Batch) => void) | undefined,
    host: OutputHost,
  ) {
    this.#host = host;
    this.#formatter = formatter;
    this.#inject = inject;
    this.#files = new AppendedFiles((lengths) => host.saveCheckpoint(lengths));
    this.#template = nameTemplate(given.path, given.time_slice_format);
    this.#zone = given.utc ? 'utc' : 'local';
  }

  write(batch: Batch): void {
    const { arena } = batch;
    const count = countLive(arena, batch.tape);
    this.#inject?.(batch);
    const mark = arena.mark();
    const lines = new Map<string, Buffer[]>();
    eachLive(batch, (record, time) => {
      this.#enterSecond(batch.tag, time);
      const { start, end } = this.#formatter.format(batch.tag, record, time);
      const line = Buffer.from(arena.u8.subarray(start, end));
      const own = lines.get(this.#name);
      if (own) own.push(line);
      else lines.set(this.#name, [line]);
      arena.release(mark);
    });
    for (const [name, parts] of lines) this.#files.append(name, Buffer.concat(parts));
    this.#host.settle(batch.segment, count, 'stored');
  }

  flush(): void {
    // Every batch is written at once.
  }

  close(): Promise<void> {
    this.#files.close();
    return Promise.resolve();
  }

  checkpoint(): Json {
    return this.#files.commit();
  }

  restore(checkpoint: Json): void {
    const cut = this.#files.cutBack(checkpoint);
    for (const { path, bytes } of cut) this.#host.log.info(`cut ${bytes} bytes off ${path}: they are written again`);
  }

  #enterSecond(tag: string, time: Instant): void {
    if (time.seconds === this.#second && tag === this.#nameTag) return;
    this.#second = time.seconds;
    this.#nameTag = tag;
    this.#name = formatTime(time, this.#template.replaceAll('${tag}', safePart(tag)), this.#zone);
  }
}

/** A tag may come from data: it must not lead out of the directory, nor be read as a time directive. */
function safePart(tag: string): string {
  return tag.replace(/[^A-Za-z0-9._-]/g, '_').replace(/\.{2,}/g, '_');
}

function nameTemplate(written: string, slice: string): string {
  if (written.includes('*')) return written.replaceAll('*', slice);
  return /%[a-zA-Z]|\$\{tag\}/.test(written) ? written : `${written}.${slice}.log`;
}
