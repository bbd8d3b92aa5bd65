// THE list of plugins. A new plugin is its folder and one line here.
import type { AnyDefinition, Catalog } from '../config/define.ts';
import { kataFilter } from './filters/kata/plugin.ts';
import { parserFilter } from './filters/parser/plugin.ts';
import { systemdEntryFilter } from './filters/systemd_entry/plugin.ts';
import { elasticsearchOutput } from './outputs/elasticsearch/plugin.ts';
import { fileOutput } from './outputs/file/plugin.ts';
import { nullOutput } from './outputs/null/plugin.ts';
import { opensearchOutput } from './outputs/opensearch/plugin.ts';
import { stdoutOutput } from './outputs/stdout/plugin.ts';
import { storeOutput } from './outputs/store/plugin.ts';
import { jsonParser } from './parsers/json/plugin.ts';
import { logfmtParser } from './parsers/logfmt/plugin.ts';
import { noneParser } from './parsers/none/plugin.ts';
import { systemdSource } from './sources/systemd/plugin.ts';
import { tailSource } from './sources/tail/plugin.ts';

const definitions: readonly AnyDefinition[] = [
  systemdSource,
  tailSource,
  jsonParser,
  logfmtParser,
  noneParser,
  kataFilter,
  parserFilter,
  systemdEntryFilter,
  elasticsearchOutput,
  fileOutput,
  nullOutput,
  opensearchOutput,
  stdoutOutput,
  storeOutput,
] as unknown as readonly AnyDefinition[];

export const catalog: Catalog = {
  definitions,
  find: (kind, type) => definitions.find((definition) => definition.kind === kind && definition.type === type),
};
