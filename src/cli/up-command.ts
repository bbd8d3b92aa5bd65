// `katalog up`: imports this host's Kata logs (or given files) into the embedded store and serves the page.
import { Command } from 'commander';
import { EXIT } from './exit-codes.ts';
import { withCluster } from './open-logs.ts';
import { defaultStateDirectory } from './state-directory.ts';
import type { UpFlags } from './up.ts';

export function upCommand(): Command {
  const command = new Command('up')
    .description("find this host's Kata logs, import them into the embedded store, and serve the page")
    .argument('[files...]', 'logs to import instead, of any kind that katalog parse reads')
    .option(
      '-c, --config <file>',
      'run this configuration; it sends to @type store with path "#{ENV[\'KATALOG_STORE\']}"',
    )
    .option('--root <dir>', "prefix of every absolute path: a node's disk on a laptop", '')
    .option('--state-dir <dir>', 'where positions and the store are kept', defaultStateDirectory())
    .option('--host-id <id>', 'identity of the host whose logs these are (default: its machine id)')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on, or the next free one', '7347')
    .option('--no-token', 'let everybody ask who reaches the server')
    .option('--print', 'print the configuration that would be run, and end');
  return withCluster(command).action(async (files: readonly string[], flags: UpFlags) => {
    if (flags.es !== undefined && (files.length > 0 || flags.config !== undefined)) {
      process.stderr.write('katalog: with --es nothing is imported: leave out files and --config\n');
      process.exitCode = EXIT.usage;
      return;
    }
    // Loaded here: other commands start without the server.
    const { up } = await import('./up.ts');
    process.exitCode = (await up(files, flags)) ? EXIT.fine : EXIT.badConfiguration;
  });
}
