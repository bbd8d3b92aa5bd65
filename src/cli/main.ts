// The program: `katalog <command>`. One file per command; this one reads argv and turns what goes wrong into exit codes.
import { Command, CommanderError } from 'commander';
import { withoutPasswords } from '../config/secrets.ts';
import { EnvironmentError, failureText } from '../core/failure.ts';
import { printable } from '../core/problem.ts';
import { inert } from '../core/terminal-text.ts';
import { addCompletion } from './completion.ts';
import { EXIT } from './exit-codes.ts';
import { VERSION } from './version.ts';

/** Every command. Only the one that is called is loaded: each start is spared the others. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./run-command.ts')).runCommand(),
  check: async () => (await import('./check-command.ts')).checkCommand(),
  config: async () => (await import('./config-command.ts')).configCommand(),
  explain: async () => (await import('./explain-command.ts')).explainCommand(),
  test: async () => (await import('./test-command.ts')).testCommand(),
  parse: async () => (await import('./parse-command.ts')).parseCommand(),
  sandbox: async () => (await import('./sandbox-command.ts')).sandboxCommand(),
  problems: async () => (await import('./problems-command.ts')).problemsCommand(),
  boot: async () => (await import('./boot-command.ts')).bootCommand(),
  journal: async () => (await import('./journal-command.ts')).journalCommand(),
  doctor: async () => (await import('./doctor-command.ts')).doctorCommand(),
  up: async () => (await import('./up-command.ts')).upCommand(),
  query: async () => (await import('./query-command.ts')).queryCommand(),
  plugins: async () => (await import('./plugins-command.ts')).pluginsCommand(),
};

async function program(called: string | undefined): Promise<Command> {
  const all = new Command('katalog')
    .description('Imports Kata Containers logs: Fluentd configurations in, Elasticsearch/OpenSearch out.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({ outputError })
    .showHelpAfterError('(katalog --help tells the commands)');
  for (const [name, make] of Object.entries(COMMANDS)) {
    if (name === called || called === undefined || !Object.hasOwn(COMMANDS, called))
      all.addCommand((await make()).exitOverride().configureOutput({ outputError }));
  }
  await addCompletion(all, called);
  return all;
}

/** What commander says of a command line repeats words of it. */
function outputError(text: string, write: (text: string) => void): void {
  write(inert(text, 'plain'));
}

async function main(): Promise<void> {
  // The reader of `katalog … | head` may go away: that is its choice and no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? EXIT.fine : EXIT.unavailable);
  });
  try {
    await (await program(process.argv[2])).parseAsync();
  } catch (thrown) {
    process.exitCode = exitCodeOf(thrown);
  }
}

function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.fine : EXIT.usage;
  if (thrown instanceof EnvironmentError) {
    if (isClosedPipe(thrown)) return EXIT.fine;
    process.stderr.write(`katalog: ${printable(withoutPasswords(failureText(thrown)))} [${thrown.code}]\n`);
    return thrown.code.startsWith('config/') ? EXIT.badConfiguration : EXIT.unavailable;
  }
  const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  process.stderr.write(`katalog: this is a bug, please report it with the lines below\n${text}\n`);
  return EXIT.bug;
}

function isClosedPipe(thrown: EnvironmentError): boolean {
  return (
    thrown.code === 'stdout/write' &&
    thrown.cause instanceof Error &&
    'code' in thrown.cause &&
    thrown.cause.code === 'EPIPE'
  );
}

void main();
