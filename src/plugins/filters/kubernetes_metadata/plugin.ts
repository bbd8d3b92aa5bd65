// Filter `kubernetes_metadata`: what the name of a container's log file says. The API server is not asked.
import { type Definition, defineFilter } from '../../../config/define.ts';
import type { Field } from '../../../config/fields.ts';
import { regexp, string } from '../../../config/settings.ts';
import type { Batch } from '../../../core/event.ts';
import type { Filter, Host } from '../../../core/plugin.ts';
import { editRecords, RecordView } from '../../../core/record-view.ts';
import { checkPattern, Matcher } from '../../shared/matcher.ts';

const NAMES =
  'var\\.log\\.containers\\.(?<pod_name>[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?)_(?<namespace>[^_]+)_(?<container_name>.+)-(?<docker_id>[a-z0-9]{64})\\.log$';

const API = 'the API server is not asked: names come from the tag';
const accepted = (doc: string): Field<string | undefined> => string({ support: 'accepted', doc });

const settings = {
  tag_to_kubernetes_name_regexp: regexp({
    fallback: NAMES,
    doc: 'Finds `pod_name`, `namespace`, `container_name` and `docker_id` in the tag.',
  }),
  kubernetes_url: accepted(API),
  apiVersion: accepted(API),
  client_cert: accepted(API),
  client_key: accepted(API),
  ca_file: accepted(API),
  verify_ssl: accepted(API),
  bearer_token_file: accepted(API),
  secret_dir: accepted(API),
  watch: accepted(API),
  watch_retry_interval: accepted(API),
  cache_size: accepted(API),
  cache_ttl: accepted(API),
  de_dot: accepted(API),
  de_dot_separator: accepted(API),
  annotation_match: accepted(API),
  allow_orphans: accepted(API),
  lookup_from_k8s_field: accepted(API),
  skip_labels: accepted(API),
  skip_container_metadata: accepted(API),
  skip_master_url: accepted(API),
  skip_namespace_metadata: accepted(API),
  use_journal: accepted('tags only'),
  merge_json_log: accepted('use the filter parser'),
  preserve_json_log: accepted('use the filter parser'),
  include_namespace_id: accepted(API),
};

export const kubernetesMetadataFilter: Definition<'filter', typeof settings> = defineFilter({
  type: 'kubernetes_metadata',
  summary: 'Adds the names of pod, namespace and container that the name of a log file holds.',
  settings,
  check: ({ tag_to_kubernetes_name_regexp: pattern }) => checkPattern('tag_to_kubernetes_name_regexp', pattern),
  create: (given, host) => new KubernetesMetadata(given.tag_to_kubernetes_name_regexp, host),
});

/** Tags are few, but may come from data. */
const TAGS_MAX = 4096;

class KubernetesMetadata implements Filter {
  readonly state = 'none';
  readonly #matcher: Matcher;
  readonly #view: RecordView;
  readonly #byTag = new Map<string, Names | undefined>();

  constructor(pattern: string, host: Host) {
    this.#matcher = new Matcher(pattern, host);
    this.#view = new RecordView(host);
  }

  apply(batch: Batch): void {
    const names = this.#namesOf(batch.tag);
    if (!names) return;
    editRecords(batch, this.#view, (record) => {
      if (names.docker !== undefined) record.setJson('docker', names.docker);
      record.setJson('kubernetes', names.kubernetes);
      return undefined;
    });
  }

  #namesOf(tag: string): Names | undefined {
    if (this.#byTag.has(tag)) return this.#byTag.get(tag);
    if (this.#byTag.size >= TAGS_MAX) this.#byTag.clear();
    const found = this.#matcher.exec(tag);
    const group = (name: string): string | undefined => found?.[this.#matcher.groups.indexOf(name) + 1];
    const names = found && {
      docker: group('docker_id') === undefined ? undefined : JSON.stringify({ container_id: group('docker_id') }),
      kubernetes: JSON.stringify({
        container_name: group('container_name'),
        namespace_name: group('namespace'),
        pod_name: group('pod_name'),
      }),
    };
    this.#byTag.set(tag, names);
    return names;
  }
}

/** JSON texts of the two fields. */
interface Names {
  readonly docker: string | undefined;
  readonly kubernetes: string;
}
