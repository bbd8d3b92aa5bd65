// The plugins of a plan, and those inside of a plugin's settings.
import type { Plan } from './plan.ts';
import type { Planned } from './planned.ts';

/** In file order by kind: sources, rules outside of labels, rules of labels. */
export function plannedPlugins(plan: Plan): Planned[] {
  const rules = [plan.rules, ...plan.labels.values()].flat();
  return [...plan.sources, ...rules.map(({ plugin }) => plugin)];
}

/** The plugins in values of settings, through sections and lists of sections, and those inside of them. */
export function nestedPlugins(value: unknown): Planned[] {
  return directPlugins(value).flatMap((planned) => [planned, ...nestedPlugins(planned.settings)]);
}

/** As nestedPlugins, without those inside of them. */
export function directPlugins(value: unknown): Planned[] {
  if (Array.isArray(value)) return value.flatMap(directPlugins);
  if (typeof value !== 'object' || value === null) return [];
  if ('definition' in value && 'settings' in value) return [value as Planned];
  return Object.values(value).flatMap(directPlugins);
}
