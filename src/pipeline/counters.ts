// Counters by plugin. Taken by the pipeline around each plugin, so that none can forget them.

export class Counters {
  readonly #byPlugin = new Map<string, Map<string, number>>();
  /** What filters counted, by the source whose records they had. */
  readonly #bySource = new Map<string, Map<string, number>>();

  add(plugin: string, name: string, by: number): void {
    addTo(this.#byPlugin, plugin, name, by);
  }

  /** A filter counted something of a source's records. */
  addFiltered(source: string, name: string, by: number): void {
    addTo(this.#bySource, source, name, by);
  }

  /** What filters counted of a source's records. */
  filtered(source: string, name: string): number {
    return this.#bySource.get(source)?.get(name) ?? 0;
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

function addTo(counters: Map<string, Map<string, number>>, owner: string, name: string, by: number): void {
  let counts = counters.get(owner);
  if (!counts) {
    counts = new Map();
    counters.set(owner, counts);
  }
  counts.set(name, (counts.get(name) ?? 0) + by);
}
