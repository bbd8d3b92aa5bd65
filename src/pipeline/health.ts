// What a person must see to before a run is whole: by plugin and thing.

export interface Trouble {
  readonly plugin: string;
  /** A file, a server: what the trouble is about. */
  readonly what: string;
  readonly why: string;
}

export class Health {
  readonly #troubles = new Map<string, Trouble>();

  /** Notes a trouble; without `why` it is over. */
  note(plugin: string, what: string, why: string | undefined): void {
    const key = JSON.stringify([plugin, what]);
    if (why === undefined) this.#troubles.delete(key);
    else this.#troubles.set(key, { plugin, what, why });
  }

  /** Empty while everything is well. */
  get troubles(): readonly Trouble[] {
    return [...this.#troubles.values()];
  }

  /** Another run begins: it finds out by itself. */
  clear(): void {
    this.#troubles.clear();
  }
}
