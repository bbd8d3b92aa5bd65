// The phases of a sandbox as bars over time, lane by lane, each against the median of the other sandboxes.
import { useState } from 'react';
import type { Phase, SandboxAnswer } from '../../../src/api/contract.ts';
import { durationText, millis } from '../ui/time.ts';

interface WaterfallProps {
  readonly sandbox: Pick<SandboxAnswer['sandbox'], 'phases' | 'slowest_phase' | 'first_error'>;
}

const LANES = ['runtime', 'hypervisor', 'guest-kernel', 'agent', 'workload'] as const;
const TICKS = 5;

export function Waterfall({ sandbox }: WaterfallProps) {
  const [isWhole, setWhole] = useState(false);
  const startup = sandbox.phases.filter(isStartup);
  const phases = isWhole || startup.length === 0 ? sandbox.phases : startup;
  const start = Math.min(...phases.map((phase) => millis(phase.start)));
  const end = Math.max(...phases.map((phase) => millis(phase.end)), start + 1);
  const share = (ms: number): number => ((ms - start) / (end - start)) * 100;
  const error = sandbox.first_error && millis(sandbox.first_error.time);
  return (
    <div className="waterfall">
      <div className="waterfall-range" role="toolbar" aria-label="Part of its life">
        <button type="button" className="button small" aria-pressed={!isWhole} onClick={() => setWhole(false)}>
          start-up
        </button>
        <button type="button" className="button small" aria-pressed={isWhole} onClick={() => setWhole(true)}>
          whole life
        </button>
      </div>
      <Ticks lengthMs={end - start} />
      <table>
        <caption className="visually-hidden">
          Phases with their start, length, and the median of the other sandboxes
        </caption>
        <tbody>
          {LANES.flatMap((lane) => phases.filter((phase) => laneOf(phase) === lane)).map((phase) => (
            <PhaseRow
              key={`${phase.name} ${phase.start}`}
              phase={phase}
              left={share(millis(phase.start))}
              width={share(millis(phase.end)) - share(millis(phase.start))}
              medianWidth={((phase.median_ms ?? 0) / (end - start)) * 100}
              isSlowest={phase.name === sandbox.slowest_phase}
              errorAt={error === null ? undefined : share(error)}
            />
          ))}
        </tbody>
      </table>
      <p className="muted legend">
        Bar: this sandbox. Line below it: the median of the others. {error !== null && 'Dashed: first error.'}
      </p>
    </div>
  );
}

/** What lies before the workload runs: hours of running would leave no room for it. */
function isStartup(phase: Phase): boolean {
  return laneOf(phase) !== 'workload' && phase.name !== 'stop';
}

function Ticks({ lengthMs }: { readonly lengthMs: number }) {
  return (
    <div className="ticks" aria-hidden="true">
      {Array.from({ length: TICKS }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a fixed scale
        <span key={at} style={{ left: `${(at / (TICKS - 1)) * 100}%` }}>
          {durationText((lengthMs * at) / (TICKS - 1))}
        </span>
      ))}
    </div>
  );
}

function laneOf({ lane }: Phase): (typeof LANES)[number] {
  return LANES.find((known) => known === lane) ?? 'runtime';
}

interface PhaseRowProps {
  readonly phase: Phase;
  readonly left: number;
  readonly width: number;
  readonly medianWidth: number;
  readonly isSlowest: boolean;
  readonly errorAt: number | undefined;
}

function PhaseRow({ phase, left, width, medianWidth, isSlowest, errorAt }: PhaseRowProps) {
  const { excess_ms: excess, median_ms: median } = phase;
  const lane = laneOf(phase);
  return (
    <tr className={isSlowest ? 'slowest' : undefined} data-phase={phase.name}>
      <td className="lane">{lane.replace('-', ' ')}</td>
      <th scope="row">
        {phase.name}
        {isSlowest && <span className="chip slow">slowest</span>}
      </th>
      <td className="track">
        {errorAt !== undefined && errorAt >= 0 && errorAt <= 100 && (
          <span className="error-mark" style={{ left: `${errorAt}%` }} />
        )}
        <span className={`bar lane-${lane}`} style={{ left: `${left}%`, width: `${Math.max(width, 0.3)}%` }} />
        {medianWidth > 0 && (
          <span className="median" style={{ left: `${left}%`, width: `${Math.min(medianWidth, 100 - left)}%` }} />
        )}
      </td>
      <td className="num">{durationText(phase.ms)}</td>
      <td className="num muted">
        {median !== undefined && `median ${durationText(median)}`}
        {excess !== undefined && excess > 0 && `, +${durationText(excess)}`}
      </td>
    </tr>
  );
}
