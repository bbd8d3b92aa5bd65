// The world broke: disk, network, rights. Thrown with its cause and caught in one place (pipeline or cli).

/** A fault outside the program. `code` is `area/short-name`, as in Problem. */
export class EnvironmentError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'EnvironmentError';
    this.code = code;
  }
}

/** The text of anything that was thrown, with its causes. */
export function failureText(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const cause = thrown.cause === undefined ? '' : failureText(thrown.cause);
  // Many messages say their cause already.
  return cause === '' || thrown.message.endsWith(cause) ? thrown.message : `${thrown.message}: ${cause}`;
}

/** The `code` of a system error (`ENOENT`, `ENOSPC`), or undefined. */
export function systemCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
