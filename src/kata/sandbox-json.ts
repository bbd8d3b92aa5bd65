// A sandbox as JSON: the form of `katalog sandbox --json` and of the HTTP interface. What is not known is null.
import { millisBetween, writeInstant } from './instant.ts';
import type { SandboxView } from './sandbox-book.ts';

export interface SandboxJson {
  readonly id: string;
  readonly first: string;
  readonly last: string;
  readonly duration_ms: number;
  readonly records: number;
  readonly errors: number;
  readonly hypervisor: string | null;
  readonly pod: string | null;
  readonly namespace: string | null;
  readonly last_phase: string;
  readonly stuck: boolean;
  readonly phases: readonly {
    readonly name: string;
    readonly start: string;
    readonly end: string;
    readonly ms: number;
  }[];
  /** `ms` is null for a call without an end. */
  readonly rpcs: readonly { readonly name: string; readonly start: string; readonly ms: number | null }[];
  readonly first_error: {
    readonly time: string | null;
    readonly level: string | null;
    readonly component: string | null;
    readonly msg: string;
  } | null;
  readonly completeness: { readonly gaps: number; readonly suppressed: number };
}

export function sandboxJson(view: SandboxView): SandboxJson {
  const { id, first, last, records, errors, stuck, firstError, gaps, suppressed } = view;
  return {
    id,
    first: writeInstant(first),
    last: writeInstant(last),
    duration_ms: rounded(millisBetween(last, first)),
    records,
    errors,
    hypervisor: view.hypervisor ?? null,
    pod: view.pod ?? null,
    namespace: view.namespace ?? null,
    last_phase: view.lastPhase,
    stuck,
    phases: view.phases.map(({ name, start, end, ms }) => ({
      name,
      start: writeInstant(start),
      end: writeInstant(end),
      ms: rounded(ms),
    })),
    rpcs: view.rpcs.map(({ name, start, ms }) => ({
      name,
      start: writeInstant(start),
      ms: ms === undefined ? null : rounded(ms),
    })),
    first_error: firstError
      ? {
          time: firstError.time ? writeInstant(firstError.time) : null,
          level: firstError.level ?? null,
          component: firstError.component ?? null,
          msg: firstError.msg,
        }
      : null,
    completeness: { gaps, suppressed },
  };
}

/** To the microsecond: what is below is noise. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
