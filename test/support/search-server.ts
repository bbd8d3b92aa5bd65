// The shared search server as tests see it.
import { describe, inject } from 'vitest';

const mustBeThere = process.env['CI'] === 'true' || process.env['KATALOG_REQUIRE_SERVERS'] === '1';

/** A group that needs the server: skipped where there is none, failed where there must be one. */
export function describeWithServer(name: string, body: (server: SearchServer) => void): void {
  const url = inject('searchServerUrl');
  if (url === '' && mustBeThere) throw new Error(`no search server: ${inject('searchServerMissing')}`);
  describe.skipIf(url === '')(name, () => body(new SearchServer(url)));
}

export interface StoredDocument {
  readonly index: string;
  readonly id: string;
  readonly source: Readonly<Record<string, unknown>>;
}

const PAGE = 5000;

export class SearchServer {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** @returns the answer's JSON text; an answer that is no 2xx throws. */
  async request(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<string> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text;
  }

  /** Every document of the indices, after a refresh, so many in an answer. */
  async documents(indices: string, pageSize: number = PAGE): Promise<readonly StoredDocument[]> {
    await this.#refresh(indices);
    const documents: StoredDocument[] = [];
    let page = readPage(
      await this.request('POST', `/${indices}/_search?scroll=1m`, { size: pageSize, sort: ['_doc'] }),
    );
    while (page.documents.length > 0) {
      documents.push(...page.documents);
      page = readPage(await this.request('POST', '/_search/scroll', { scroll: '1m', scroll_id: page.scrollId }));
    }
    await this.request('DELETE', '/_search/scroll', { scroll_id: page.scrollId });
    return documents;
  }

  /** How many documents there are, after a refresh; 0 where there is no such index. */
  async count(indices: string): Promise<number> {
    await this.#refresh(indices);
    return (JSON.parse(await this.request('GET', `/${indices}/_count`)) as { readonly count: number }).count;
  }

  /** The document's text as it was stored. */
  source({ index, id }: StoredDocument): Promise<string> {
    return this.request('GET', `/${index}/_source/${encodeURIComponent(id)}`);
  }

  async deleteIndices(indices: string): Promise<void> {
    await this.request('DELETE', `/${indices}`);
  }

  /** Makes everything stored so far visible; an index that was just made is waited for. */
  async #refresh(indices: string): Promise<void> {
    await this.request('GET', `/_cluster/health/${indices}?wait_for_status=yellow`);
    await this.request('POST', `/${indices}/_refresh`);
  }
}

interface Page {
  readonly scrollId: string;
  readonly documents: readonly StoredDocument[];
}

function readPage(answer: string): Page {
  const { _scroll_id: scrollId, hits } = JSON.parse(answer) as {
    readonly _scroll_id: string;
    readonly hits: {
      readonly hits: readonly {
        readonly _index: string;
        readonly _id: string;
        readonly _source: StoredDocument['source'];
      }[];
    };
  };
  return {
    scrollId,
    documents: hits.hits.map(({ _index: index, _id: id, _source: source }) => ({ index, id, source })),
  };
}
