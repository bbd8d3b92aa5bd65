// The forms in which `katalog journal` prints entries.
import { exportEncoder, type JsonForm, jsonEncoder, onlyFields, rawEncoder } from '../formats/journal/encoders.ts';
import { ExportWriter } from '../formats/journal/entry-writer.ts';
import { FieldFragments } from '../formats/journal/field-fragments.ts';
import { JsonLines } from '../formats/journal/json-lines.ts';
import type { OutputBuffer } from '../formats/journal/output-buffer.ts';
import type { Journal } from '../readers/journal/journal.ts';
import { CatWriter, type FormOptions, PrettyWriter, ShortWriter, VerboseWriter } from './journal-text.ts';

/** Writes the entry that a journal stands at. */
export interface EntryPrinter {
  readonly out: Pick<OutputBuffer, 'isFull' | 'take'>;
  print(journal: Journal): void;
  /** Fields that could not be read. */
  readonly unreadable: number;
}

interface FieldWriter {
  readonly out: OutputBuffer;
  write(entry: Journal['entry'], fields: FieldFragments): void;
}

export function createPrinter(options: FormOptions): EntryPrinter {
  const json: JsonForm = { all: options.all, binary: 'array', skipsBootId: true };
  const wanted = options.fields;
  switch (options.form) {
    case 'json':
      return jsonLinesPrinter(new JsonLines(json, wanted));
    case 'json-pretty':
      return printer(new PrettyWriter(), new FieldFragments(onlyFields(jsonEncoder(json), wanted)));
    case 'export':
      return printer(new ExportWriter(), new FieldFragments(onlyFields(exportEncoder, wanted)));
    case 'cat':
      return printer(new CatWriter(wanted ?? ['MESSAGE']), new FieldFragments(rawEncoder));
    case 'verbose':
      return printer(new VerboseWriter(options), new FieldFragments(rawEncoder));
    default:
      return printer(new ShortWriter(options), new FieldFragments(rawEncoder));
  }
}

function printer(writer: FieldWriter, fields: FieldFragments): EntryPrinter {
  return {
    out: writer.out,
    print(journal) {
      fields.load(journal.entry.file, journal.items, journal.itemCount);
      writer.write(journal.entry, fields);
    },
    get unreadable() {
      return fields.unreadable;
    },
  };
}

function jsonLinesPrinter(lines: JsonLines): EntryPrinter {
  return {
    out: lines,
    print: (journal) => lines.write(journal.entry, journal.items, journal.itemCount),
    get unreadable() {
      return lines.unreadable;
    },
  };
}
