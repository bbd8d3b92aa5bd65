// The program: `katalog <command>`. One file per command; this one reads argv and turns what goes wrong into exit codes.
import { Command, CommanderError } from 'commander';
import { withoutPasswords } from '../config/secrets.ts';
import { EnvironmentError, failureText } from '../core/failure.ts';
import { printable } from '../core/problem.ts';
import { bootCommand } from './boot-command.ts';
import { checkCommand } from './check-command.ts';
import { addCompletion } from './completion.ts';
import { configCommand } from './config-command.ts';
import { EXIT } from './exit-codes.ts';
import { explainCommand } from './explain-command.ts';
import { journalCommand } from './journal-command.ts';
import { parseCommand } from './parse-command.ts';
import { pluginsCommand } from './plugins-command.ts';
import { problemsCommand } from './problems-command.ts';
import { runCommand } from './run-command.ts';
import { sandboxCommand } from './sandbox-command.ts';
import { testCommand } from './test-command.ts';
import { VERSION } from './version.ts';

function program(): Command {
  return new Command('katalog')
    .description('Imports Kata Containers logs: Fluentd configurations in, Elasticsearch/OpenSearch out.')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('(katalog --help tells the commands)')
    .addCommand(runCommand().exitOverride())
    .addCommand(checkCommand().exitOverride())
    .addCommand(configCommand().exitOverride())
    .addCommand(explainCommand().exitOverride())
    .addCommand(testCommand().exitOverride())
    .addCommand(parseCommand().exitOverride())
    .addCommand(sandboxCommand().exitOverride())
    .addCommand(problemsCommand().exitOverride())
    .addCommand(bootCommand().exitOverride())
    .addCommand(journalCommand().exitOverride())
    .addCommand(pluginsCommand().exitOverride());
}

async function main(): Promise<void> {
  // The reader of `katalog … | head` may go away: that is its choice and no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? EXIT.fine : EXIT.unavailable);
  });
  try {
    const commands = program();
    await addCompletion(commands, process.argv[2]);
    await commands.parseAsync();
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

await main();
