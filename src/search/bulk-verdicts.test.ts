// The whole table of answers: what becomes of one item, or of a request as a whole.
import { expect, test } from 'vitest';
import { readAnswer } from './bulk-answer.ts';

function verdict(status: number, body: string | object, items = 1): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = readAnswer(status, Buffer.from(text), items);
  return answer.kind === 'items' ? answer.items.map(({ kind }) => kind).join(' ') : answer.kind;
}

function item(status: number, type?: string, reason = 'because'): object {
  return { errors: type !== undefined, items: [{ create: { status, ...(type && { error: { type, reason } }) } }] };
}

test.each<[string, number, string | object, string]>([
  ['stored', 201, item(201), 'all-stored'],
  ['stored, with spaces', 200, '{"errors" : false, "items":[{"create":{"status":201}}]}', 'all-stored'],
  ['already there', 200, item(409, 'version_conflict_engine_exception'), 'duplicate'],
  ['busy', 200, item(429, 'es_rejected_execution_exception'), 'retry'],
  ['busy, in OpenSearch', 200, item(429, 'rejected_execution_exception'), 'retry'],
  ['short of memory', 200, item(429, 'circuit_breaking_exception'), 'retry'],
  ['disk of the cluster full', 200, item(429, 'cluster_block_exception'), 'retry'],
  ['index read-only', 200, item(403, 'cluster_block_exception'), 'hold'],
  ['shards missing', 200, item(503, 'unavailable_shards_exception'), 'retry'],
  ['no right', 200, item(403, 'security_exception'), 'hold'],
  ['no index', 200, item(404, 'index_not_found_exception'), 'hold'],
  ['index closed', 200, item(400, 'index_closed_exception'), 'hold'],
  ['no such pipeline', 200, item(400, 'illegal_argument_exception', 'pipeline with id [x] does not exist'), 'hold'],
  ['mapping, old servers', 200, item(400, 'mapper_parsing_exception'), 'refused'],
  ['mapping, new servers', 200, item(400, 'document_parsing_exception'), 'refused'],
  [
    'too many fields',
    200,
    item(400, 'illegal_argument_exception', 'Limit of total fields [5] has been exceeded'),
    'refused',
  ],
  ['too old for the server', 200, item(422, 'too_old'), 'refused'],
  [
    'an error in spite of its status',
    200,
    '{"errors":true,"items":[{"create":{"status":200,"error":"discarded"}}]}',
    'refused',
  ],
  ['an error without a type', 200, '{"errors":true,"items":[{"create":{"status":500}}]}', 'retry'],
  ['an item without a status', 200, '{"errors":false,"items":[{"create":{}}]}', 'retry'],
  ['an error that is null', 200, '{"errors":true,"items":[{"create":{"status":201,"error":null}}]}', 'all-stored'],
  ['nothing but null', 200, '{"errors":true,"items":[{"create":null}]}', 'retry'],
  ['answered as index', 200, '{"errors":true,"items":[{"index":{"status":201}}]}', 'all-stored'],
  [
    'in the failure store',
    200,
    '{"errors":false,"items":[{"create":{"status":201,"failure_store":"used"}}]}',
    'all-stored',
  ],
  ['empty', 200, '', 'retry'],
  ['no JSON', 200, '<html>ok</html>', 'retry'],
  ['JSON, but no answer', 200, '[]', 'retry'],
  ['JSON null', 200, 'null', 'retry'],
  ['items that are null', 200, '{"items":[null]}', 'retry'],
  ['too few items', 200, '{"errors":false,"items":[]}', 'retry'],
  ['too many items', 200, '{"errors":false,"items":[{"create":{"status":201}},{"create":{"status":201}}]}', 'retry'],
  ['redirected', 302, '', 'hold'],
  ['bad request', 400, '{"error":"bad"}', 'bad-request'],
  ['no credentials', 401, '', 'hold'],
  ['forbidden', 403, '', 'hold'],
  ['nothing there', 404, '', 'hold'],
  ['media type', 406, '', 'hold'],
  ['request time-out', 408, '', 'retry'],
  ['too large', 413, '', 'too-large'],
  ['busy as a whole', 429, '', 'retry'],
  ['broken', 500, '', 'retry'],
  ['no backend', 502, '<html>', 'retry'],
  ['not there now', 503, '', 'retry'],
  ['backend too slow', 504, '', 'retry'],
])('%s', (_name, status, body, expected) => {
  expect(verdict(status, body)).toBe(expected);
});

test('each item has a verdict of its own', () => {
  const items = [201, 409, 429, 400, 503].map((status) => ({
    create: { status, ...(status !== 201 && { error: { type: 'x', reason: 'y' } }) },
  }));
  expect(verdict(200, { errors: true, items }, 5)).toBe('stored duplicate retry refused retry');
});

test('control characters of an answer do not reach the message', () => {
  const answer = readAnswer(503, Buffer.from('\u001b[2Jgone'), 1);
  expect(answer.kind === 'retry' && answer.why).toMatch(/^HTTP 503: [^\u001b]*gone$/);
});
