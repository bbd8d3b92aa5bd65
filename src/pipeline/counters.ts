// Counters by plugin. Taken by the pipeline around each plugin, so that none can forget them.

export class Counters {
  readonly #byPlugin = new Map<string, Map<string, number>>();

  add(plugin: string, name: string, by: number): void {
    let counts = this.#byPlugin.get(plugin);
    if (!counts) {
      counts = new Map();
      this.#byPlugin.set(plugin, counts);
    }
    counts.set(name, (counts.get(name) ?? 0) + by);
  }

  get(plugin: string, name: string): number {
    return this.#byPlugin.get(plugin)?.get(name) ?? 0;
  }

  /** The sum of one counter over all plugins. */
  total(name: string): number {
    let sum = 0;
    for (const counts of this.#byPlugin.values()) sum += counts.get(name) ?? 0;
    return sum;
  }

  /** A copy, by plugin name and counter name. */
  snapshot(): { readonly [plugin: string]: { readonly [name: string]: number } } {
    return Object.fromEntries([...this.#byPlugin].map(([plugin, counts]) => [plugin, Object.fromEntries(counts)]));
  }
}
