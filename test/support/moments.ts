// Killing a program when something happens for the n-th time: progress is waited for, never time.
import * as fs from 'node:fs';
import type { Exit } from './program.ts';

export type Happening = 'bulk received' | 'bulk stored' | 'bulk answered' | 'state changed' | 'output changed';

export interface Moment {
  readonly what: Happening;
  /** 1 = the first time. */
  readonly nth: number;
  /** Counts only where what happened has this text in it. */
  readonly holding?: string;
}

/** A program, or what stands for it. */
export interface Victim {
  readonly exit: Promise<Exit>;
  kill(signal: 'SIGKILL'): void;
}

export class Moments {
  #aim: { moment: Moment; left: number; victim: Victim } | undefined;

  /** Kills the victim at the moment, unless it ends before, and waits for its end. @returns whether it was killed. */
  async killAt(victim: Victim, moment: Moment): Promise<boolean> {
    this.#aim = { moment, left: moment.nth, victim };
    const { signal } = await victim.exit;
    this.#aim = undefined;
    return signal === 'SIGKILL';
  }

  /**
   * Tells that something happened.
   * @param text what it was about, asked for only where it matters.
   * @returns whether this was the moment: the program is dead, nothing must be done for it any more.
   */
  note(what: Happening, text: () => string): boolean {
    const aim = this.#aim;
    if (!aim || aim.moment.what !== what) return false;
    const { holding } = aim.moment;
    if (holding !== undefined && !text().includes(holding)) return false;
    aim.left--;
    if (aim.left !== 0) return false;
    aim.victim.kill('SIGKILL');
    return true;
  }

  /** Notes every change in a directory that exists. @returns what ends it. */
  watch(directory: string, what: Happening): () => void {
    const watcher = fs.watch(directory, () => {
      this.note(what, () => contentOf(directory));
    });
    return () => watcher.close();
  }
}

/** All files of a directory in one text. */
export function contentOf(directory: string): string {
  return fs
    .readdirSync(directory)
    .toSorted()
    .map((name) => fs.readFileSync(`${directory}/${name}`, 'utf8'))
    .join('');
}
