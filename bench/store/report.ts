// The table that the benchmark prints: each figure beside its budget.

export interface Figure {
  readonly what: string;
  readonly value: string;
  readonly budget: string;
}

export class Report {
  #missed = 0;

  /** Whether every budget was kept. */
  get isGood(): boolean {
    return this.#missed === 0;
  }

  say(figure: Figure, isMet: boolean): void {
    if (!isMet) this.#missed++;
    this.#print(isMet ? 'ok' : 'MISSED', figure);
  }

  /** A figure that has no budget: it is told, and judges nothing. */
  tell(what: string, value: string, note = ''): void {
    this.#print('', { what, value, budget: note });
  }

  #print(verdict: string, { what, value, budget }: Figure): void {
    console.log(`${verdict.padEnd(6)} ${what.padEnd(42)} ${value.padStart(26)}   ${budget}`);
  }
}

export interface Cost {
  readonly ms: number;
  /** User and system time of this process. */
  readonly cpuMs: number;
}

export async function costOf(run: () => Promise<unknown>): Promise<Cost> {
  const [startMs, startCpu] = [performance.now(), process.cpuUsage()];
  await run();
  const { user, system } = process.cpuUsage(startCpu);
  return { ms: performance.now() - startMs, cpuMs: (user + system) / 1000 };
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}
