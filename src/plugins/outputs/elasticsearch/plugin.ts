// Output `elasticsearch`: stores every record once in Elasticsearch.
import { type Definition, defineOutput } from '../../../config/define.ts';
import { checkConnection, destinationOf } from '../../shared/search-connection.ts';
import { indexTemplate, SearchOutput } from '../../shared/search-output.ts';
import { probeSearch } from '../../shared/search-probe.ts';
import { searchSettings } from '../../shared/search-settings.ts';

export const elasticsearchOutput: Definition<'output', typeof searchSettings> = defineOutput({
  type: 'elasticsearch',
  summary:
    'Stores every record once in Elasticsearch: ids from the source, retried without end, each answer read item by item.',
  settings: searchSettings,
  legacy: ['buffer'],
  check: checkConnection,
  probe: (settings, { signal }) => probeSearch(settings, signal),
  destination: (settings) => destinationOf(settings, indexTemplate(settings)),
  create: (settings, host) => new SearchOutput(settings, host),
});
