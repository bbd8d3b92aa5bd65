// The one scale of levels, most urgent first: shown by word and shape, never by colour alone.
import { levelOf as scaled } from '../../../src/formats/kql/fields.ts';

export const LEVELS = ['critical', 'error', 'warning', 'info', 'debug', 'trace', 'none'] as const;
export type Level = (typeof LEVELS)[number];

/** The level that a spelling of any component means. */
export function levelOf(written: unknown): Level {
  const level = scaled(String(written ?? ''));
  return LEVELS.find((each) => each === level) ?? 'none';
}

export function LevelMark({ level }: { readonly level: Level }) {
  return <span className={`level ${level}`}>{level === 'none' ? '–' : level}</span>;
}
