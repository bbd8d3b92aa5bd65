// Source `systemd`: the entries of a systemd journal, read from its files.
import { type Definition, defineSource } from '../../../config/define.ts';
import { array, bool, integer, section, string, time } from '../../../config/settings.ts';
import { onDisk } from '../../../readers/files/path-patterns.ts';
import { checkEntry, entrySettings } from '../../shared/entry-fields.ts';
import { checkMatches, matchOf } from './matches.ts';
import { probeJournal } from './probe.ts';
import { Systemd } from './systemd.ts';

const settings = {
  path: string({
    fallback: '/var/log/journal',
    doc: 'Directory of journal files, or of directories named by machine id.',
  }),
  tag: string({ required: true, doc: 'Tag of the events.' }),
  matches: array({
    fallback: [],
    aliases: ['filters'],
    doc: 'Which entries, as JSON: objects are alternatives, the fields of one must all fit, a list of values is one of them.',
  }),
  read_from_head: bool({
    fallback: false,
    doc: 'Read what is there at the first start; else only what is written from then on.',
  }),
  pos_file: string({
    doc: "Fluentd's position file, a cursor: read when somebody else wrote it, kept up to date. Positions live in the state directory.",
  }),
  strip_underscores: bool({ fallback: false, doc: 'Older spelling of `fields_strip_underscores` in `<entry>`.' }),
  storage: section(
    {
      path: string({ doc: 'JSON file of the cursor, or a directory for `worker0/storage.json`.' }),
      persistent: bool({ support: 'accepted', doc: 'positions are always saved, behind what is delivered' }),
      mode: string({ support: 'accepted', doc: 'the file is for everybody to read' }),
      dir_mode: string({ support: 'accepted', doc: 'the directory is made with the rights of this process' }),
      pretty_print: bool({ support: 'accepted', doc: 'the file is one line' }),
      autosave: bool({ support: 'accepted', doc: 'it is always saved' }),
      autosave_interval: time({ support: 'accepted', doc: 'it is saved with every position' }),
      save_at_shutdown: bool({ support: 'accepted', doc: 'it is always saved' }),
    },
    { doc: "Fluentd's storage of positions." },
  ),
  entry: section(entrySettings, { doc: 'How fields are renamed.' }),
  enable_watch_timer: bool({ support: 'accepted', doc: 'the journal is always watched' }),
  read_lines_limit: integer({ support: 'accepted', doc: 'entries are read in segments of 256 KiB' }),
};

export const systemdSource: Definition<'source', typeof settings> = defineSource({
  type: 'systemd',
  summary: 'Reads the systemd journal from its own files, past boots and rotation included; needs no libsystemd.',
  settings,
  check: ({ matches, entry }) => [...checkMatches(matches), ...checkEntry(entry)],
  probe: ({ path, pos_file: positions }, { root }) =>
    Promise.resolve(probeJournal(onDisk(root, path), positions === undefined ? undefined : onDisk(root, positions))),
  create: (given, host) => {
    const { strip_underscores: strips } = given;
    const entry = strips
      ? {
          field_map: {},
          field_map_strict: false,
          fields_lowercase: false,
          ...given.entry,
          fields_strip_underscores: true,
        }
      : given.entry;
    return new Systemd(
      {
        path: given.path,
        tag: given.tag,
        match: matchOf(given.matches),
        readsFromHead: given.read_from_head,
        positionFile: given.pos_file,
        storagePath: given.storage?.path,
        entry,
      },
      host,
    );
  },
});
