// Sources of Fluentd that watch Fluentd itself: known, so that a configuration runs unmodified, and without effect.
import { type Definition, defineSource } from '../../config/define.ts';
import { params, string } from '../../config/settings.ts';
import type { Source } from '../../core/plugin.ts';

const WHY = 'counters are served at /metrics of the page';
const accepted = string({ support: 'accepted', doc: WHY });

const settings = {
  bind: accepted,
  port: accepted,
  metrics_path: accepted,
  aggregated_metrics_path: accepted,
  tag: accepted,
  interval: accepted,
  emit_interval: accepted,
  include_config: accepted,
  include_retry: accepted,
  labels: params({ support: 'accepted', doc: WHY }),
};

export function idleSource(type: string): Definition<'source', typeof settings> {
  return defineSource({
    type,
    summary: 'Accepted without effect: it watches Fluentd itself; counters are served at /metrics of the page.',
    settings,
    create: () => idle(),
  });
}

/** Reads nothing, until it is told to end. */
export function idle(): Source {
  return {
    run: (intake, signal) =>
      intake.once || signal.aborted
        ? Promise.resolve()
        : new Promise((resolve) => {
            signal.addEventListener('abort', () => resolve(), { once: true });
          }),
  };
}
