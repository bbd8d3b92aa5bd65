// The few Ruby expressions that configurations use inside `"#{…}"`. Nothing is ever evaluated as code.
import { quoted } from '../core/problem.ts';
import type { Environment } from './environment.ts';
import { USE_DEFAULT } from './tree.ts';

/** Text, null (use_nil), USE_DEFAULT, or undefined where the expression is none that is known. */
export type Embedded = string | null | typeof USE_DEFAULT | undefined;

export interface EmbeddedFault {
  readonly message: string;
  readonly hint: string;
}

const KNOWN =
  "known are ENV['NAME'], ENV.fetch('NAME', 'default'), hostname, worker_id, use_nil, use_default, a quoted text, " +
  'and these joined by ||';

/** @returns the value, or why the expression is refused. */
export function evaluateEmbedded(
  code: string,
  environment: Environment,
): { readonly value: Exclude<Embedded, undefined> } | { readonly fault: EmbeddedFault } {
  const alternatives = splitAlternatives(code);
  for (const alternative of alternatives) {
    const result = evaluateOne(alternative.trim(), environment);
    if (result === 'unknown') {
      return {
        fault: {
          message: `the Ruby expression ${shown(code)} is not evaluated`,
          hint: `${KNOWN}; write the value itself instead`,
        },
      };
    }
    if (result === 'missing') {
      return {
        fault: {
          message: `${shown(code)}: the environment variable is not set`,
          hint: 'set it, or give ENV.fetch a default',
        },
      };
    }
    if (result !== undefined) return { value: result };
  }
  return { value: '' };
}

/** Texts in an expression may be secrets; only the names of variables are shown. */
function shown(code: string): string {
  const masked = code.replace(/(ENV\[|ENV\.fetch\(\s*)?(['"])(?:[^\\]|\\.)*?(?:\2|$)/gs, (text, variable?: string) =>
    variable === undefined ? "'…'" : text,
  );
  return quoted(`#{${masked}}`).slice(1, -1);
}

function evaluateOne(code: string, environment: Environment): Embedded | 'unknown' | 'missing' {
  const variable = /^ENV\[(['"])([^'"\\#]*)\1\]$/.exec(code)?.[2];
  if (variable !== undefined) return variableOf(environment, variable);
  const fetch = /^ENV\.fetch\(\s*(['"])([^'"\\#]*)\1\s*(?:,\s*(['"])([^'"\\#]*)\3\s*)?\)$/.exec(code);
  if (fetch) return variableOf(environment, fetch[2] as string) ?? fetch[4] ?? 'missing';
  const text = /^(['"])([^'"\\#]*)\1$/.exec(code)?.[2];
  if (text !== undefined) return text;
  switch (code) {
    case 'hostname':
    case 'Socket.gethostname':
      return environment.hostname;
    case 'worker_id':
      return String(environment.workerId);
    case 'use_nil':
      return null;
    case 'use_default':
      return USE_DEFAULT;
    case 'nil':
      return undefined;
    default:
      return /^-?\d+$/.test(code) ? code : 'unknown';
  }
}

/** Own properties only: every object has a `constructor`, and no environment should. */
function variableOf({ env, onRead }: Environment, name: string): string | undefined {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value !== undefined) onRead?.(value);
  return value;
}

/** Splits at `||` outside of quotes. */
function splitAlternatives(code: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quote = '';
  for (let i = 0; i < code.length; i++) {
    const char = code.charAt(i);
    if (quote) quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (code.startsWith('||', i)) {
      parts.push(code.slice(start, i));
      start = i + 2;
      i++;
    }
  }
  parts.push(code.slice(start));
  return parts;
}
