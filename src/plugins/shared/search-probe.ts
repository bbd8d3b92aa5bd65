// `check --live` for search servers: does one answer, and does it let us in?
import { failureText } from '../../core/failure.ts';
import type { Problem } from '../../core/problem.ts';
import { HttpClient } from '../../search/http-client.ts';
import { connectionOf } from './search-connection.ts';
import type { SearchSettings } from './search-settings.ts';

/** Asks each host for its version; sends nothing else. */
export async function probeSearch(
  settings: SearchSettings,
  signal: AbortSignal,
): Promise<readonly Omit<Problem, 'place'>[]> {
  const problems: Omit<Problem, 'place'>[] = [];
  try {
    const options = connectionOf(settings, 1);
    for (const origin of options.origins) {
      const message = await answerOf(origin, new HttpClient({ ...options, origins: [origin] }), signal);
      if (message !== undefined) problems.push({ code: 'live/unreachable', severity: 'error', message });
    }
  } catch (thrown) {
    problems.push({ code: 'live/unreadable', severity: 'error', message: failureText(thrown) });
  }
  return problems;
}

/** What is wrong with the answer, or undefined. */
async function answerOf(origin: string, client: HttpClient, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { status } = await client.request({ method: 'GET', path: '/', headers: {} }, signal);
    if (status === 401 || status === 403) return `${origin} refuses the credentials (status ${status})`;
    return status >= 300 ? `${origin} answers with status ${status}` : undefined;
  } catch (thrown) {
    return failureText(thrown);
  } finally {
    await client.close();
  }
}
