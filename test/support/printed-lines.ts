// Waits for lines that a program prints into its log: woken by the file, never by time.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { printed } from './program.ts';

/** Resolves when the program of the folder has printed `text` at least `times` times. */
export function untilPrinted(folder: string, text: string, times: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const watcher = fs.watch(path.join(folder, 'program.log'), () => look());
    const look = (): void => {
      if (printed(folder).split(text).length - 1 < times) return;
      watcher.close();
      resolve();
    };
    watcher.on('error', reject);
    look();
  });
}
