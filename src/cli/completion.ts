// `katalog completion SHELL`: a script that completes commands and options in that shell.
import { Command } from 'commander';

/** Commands that the completion adds; the script of the shell calls the second one. */
const COMMANDS = new Set(['completion', 'complete']);

/** Makes the commands of the completion. Loaded only where one of them is called: every other start is spared it. */
export async function addCompletion(program: Command, called: string | undefined): Promise<void> {
  if (called !== undefined && COMMANDS.has(called)) {
    const { default: tab } = await import('@bomb.sh/tab/commander');
    tab(program, { completionCommandName: 'completion' });
    return;
  }
  program.addCommand(
    new Command('completion').description('print a script that completes commands in a shell').argument('<shell>'),
  );
}
