// The flags of a script: `--help` prints its usage, and what is no flag of it is told, with the usage.
import { parseArgs } from 'node:util';

const USAGE_EXIT = 64;

/** Ends the program with what was wrong, and the usage. */
export function refuse(reason, usage) {
  console.error(`${reason}\nusage: ${usage}`);
  process.exit(USAGE_EXIT);
}

/** As `parseArgs` of Node. */
export function readFlags({ usage, options, allowPositionals = false }) {
  let read;
  try {
    read = parseArgs({ allowPositionals, options: { ...options, help: { type: 'boolean', short: 'h' } } });
  } catch (error) {
    refuse(error.message, usage);
  }
  if (!read.values.help) return read;
  console.log(`usage: ${usage}`);
  return process.exit(0);
}
