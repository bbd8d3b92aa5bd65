// Ruby's regular expressions as they stand in configurations, as expressions of this language.
import { type Outcome, type Problem, quoted } from '../core/problem.ts';

/** Constructs that have no equal here; refused rather than read otherwise. */
const UNKNOWN = /\(\?>|\(\?[imx-]+[:)]|[*+?}]\+|\\[GKRXzZA]?\{|\[\[:|&&/;

/**
 * @param written `/text/im` or the bare text.
 * `^` and `$` hold at every line break, as in Ruby; the flag m lets the dot take line feeds.
 */
export function compileRubyPattern(written: string): Outcome<RegExp> {
  const delimited = /^\/(.*)\/([a-z]*)$/s.exec(written);
  const source = delimited ? (delimited[1] as string) : written;
  const flags = delimited?.[2] ?? '';
  const unknown = UNKNOWN.exec(source);
  if (unknown) return refused(`${quoted(unknown[0])} is not understood`, source);
  const translated = source
    .replace(/\\A/g, '(?<![\\s\\S])')
    .replace(/\\z/g, '(?![\\s\\S])')
    .replace(/\\Z/g, '(?=\\n?(?![\\s\\S]))')
    .replace(/\\h/g, '[0-9a-fA-F]');
  try {
    const value = new RegExp(translated, `m${flags.includes('i') ? 'i' : ''}${flags.includes('m') ? 's' : ''}`);
    return { ok: true, value, problems: [] };
  } catch (thrown) {
    return refused(thrown instanceof Error ? thrown.message : String(thrown), source);
  }
}

function refused(why: string, source: string): Outcome<never> {
  const problem: Problem = {
    code: 'config/bad-regexp',
    severity: 'error',
    message: `regular expression ${quoted(source)}: ${why}`,
  };
  return { ok: false, problems: [problem] };
}
