// THE list of plugins. A new plugin is its folder and one line here.
import type { AnyDefinition, Catalog } from '../config/planned.ts';
import { concatFilter } from './filters/concat/plugin.ts';
import { grepFilter } from './filters/grep/plugin.ts';
import { kataFilter } from './filters/kata/plugin.ts';
import { kubernetesMetadataFilter } from './filters/kubernetes_metadata/plugin.ts';
import { parserFilter } from './filters/parser/plugin.ts';
import { recordModifierFilter } from './filters/record_modifier/plugin.ts';
import { recordTransformerFilter } from './filters/record_transformer/plugin.ts';
import { stdoutFilter } from './filters/stdout/plugin.ts';
import { systemdEntryFilter } from './filters/systemd_entry/plugin.ts';
import { csvFormatter } from './formatters/csv/plugin.ts';
import { jsonFormatter } from './formatters/json/plugin.ts';
import { ltsvFormatter } from './formatters/ltsv/plugin.ts';
import { msgpackFormatter } from './formatters/msgpack/plugin.ts';
import { outFileFormatter } from './formatters/out_file/plugin.ts';
import { singleValueFormatter } from './formatters/single_value/plugin.ts';
import { stdoutFormatter } from './formatters/stdout/plugin.ts';
import { tsvFormatter } from './formatters/tsv/plugin.ts';
import { copyOutput } from './outputs/copy/plugin.ts';
import { elasticsearchOutput } from './outputs/elasticsearch/plugin.ts';
import { fileOutput } from './outputs/file/plugin.ts';
import { nullOutput } from './outputs/null/plugin.ts';
import { opensearchOutput } from './outputs/opensearch/plugin.ts';
import { relabelOutput } from './outputs/relabel/plugin.ts';
import { rewriteTagFilterOutput } from './outputs/rewrite_tag_filter/plugin.ts';
import { stdoutOutput } from './outputs/stdout/plugin.ts';
import { storeOutput } from './outputs/store/plugin.ts';
import { apacheParser } from './parsers/apache/plugin.ts';
import { apacheErrorParser } from './parsers/apache_error/plugin.ts';
import { apache2Parser } from './parsers/apache2/plugin.ts';
import { criParser } from './parsers/cri/plugin.ts';
import { csvParser } from './parsers/csv/plugin.ts';
import { jsonParser } from './parsers/json/plugin.ts';
import { logfmtParser } from './parsers/logfmt/plugin.ts';
import { ltsvParser } from './parsers/ltsv/plugin.ts';
import { msgpackParser } from './parsers/msgpack/plugin.ts';
import { multiFormatParser } from './parsers/multi_format/plugin.ts';
import { multilineParser } from './parsers/multiline/plugin.ts';
import { nginxParser } from './parsers/nginx/plugin.ts';
import { noneParser } from './parsers/none/plugin.ts';
import { regexpParser } from './parsers/regexp/plugin.ts';
import { syslogParser } from './parsers/syslog/plugin.ts';
import { tsvParser } from './parsers/tsv/plugin.ts';
import { forwardSource } from './sources/forward/plugin.ts';
import { monitorAgentSource } from './sources/monitor_agent/plugin.ts';
import { prometheusSource } from './sources/prometheus/plugin.ts';
import { prometheusMonitorSource } from './sources/prometheus_monitor/plugin.ts';
import { prometheusOutputMonitorSource } from './sources/prometheus_output_monitor/plugin.ts';
import { prometheusTailMonitorSource } from './sources/prometheus_tail_monitor/plugin.ts';
import { systemdSource } from './sources/systemd/plugin.ts';
import { tailSource } from './sources/tail/plugin.ts';

const definitions: readonly AnyDefinition[] = [
  systemdSource,
  tailSource,
  forwardSource,
  monitorAgentSource,
  prometheusSource,
  prometheusMonitorSource,
  prometheusOutputMonitorSource,
  prometheusTailMonitorSource,
  apacheParser,
  apache2Parser,
  apacheErrorParser,
  criParser,
  csvParser,
  jsonParser,
  logfmtParser,
  ltsvParser,
  msgpackParser,
  multiFormatParser,
  multilineParser,
  nginxParser,
  noneParser,
  kataFilter,
  regexpParser,
  syslogParser,
  tsvParser,
  concatFilter,
  grepFilter,
  kubernetesMetadataFilter,
  parserFilter,
  systemdEntryFilter,
  recordModifierFilter,
  recordTransformerFilter,
  stdoutFilter,
  csvFormatter,
  jsonFormatter,
  ltsvFormatter,
  msgpackFormatter,
  outFileFormatter,
  singleValueFormatter,
  stdoutFormatter,
  tsvFormatter,
  copyOutput,
  elasticsearchOutput,
  fileOutput,
  nullOutput,
  opensearchOutput,
  relabelOutput,
  rewriteTagFilterOutput,
  stdoutOutput,
  storeOutput,
];

export const catalog: Catalog = {
  definitions,
  find: (kind, type) => definitions.find((definition) => definition.kind === kind && definition.type === type),
};
