// What this browser keeps for the page, by name; a browser that keeps nothing is no fault.

export function stored(name: string): string | undefined {
  try {
    return localStorage.getItem(`katalog.${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function store(name: string, text: string): void {
  try {
    localStorage.setItem(`katalog.${name}`, text);
  } catch {
    // It holds until the page is closed.
  }
}
