// Problems for people: one paragraph each, coloured on a terminal, and how many there are.
import { styleText } from 'node:util';
import { type Problem, placeText, printable, type Severity } from '../core/problem.ts';

const COLOURS = { error: 'red', warning: 'yellow', notice: 'cyan' } as const;

export function problemLines(problem: Problem, stream: NodeJS.WriteStream): string {
  const { severity, message, code, place, hint } = problem;
  const at = place ? `${styleText('bold', placeText(place), { stream })} ` : '';
  const word = styleText(COLOURS[severity], severity, { stream });
  const shownHint = hint === undefined ? '' : `\n    hint: ${printable(hint)}`;
  return `${at}${word}: ${printable(message)} ${styleText('dim', `[${code}]`, { stream })}${shownHint}\n`;
}

/** `2 errors, 1 warning`, or `no problems`. */
export function countText(problems: readonly Problem[]): string {
  const counts = (['error', 'warning', 'notice'] as const).flatMap((severity: Severity) => {
    const count = problems.filter((problem) => problem.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}${count > 1 ? 's' : ''}`];
  });
  return counts.join(', ') || 'no problems';
}
