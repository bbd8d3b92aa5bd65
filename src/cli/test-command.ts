// `katalog test DIR`: runs the cases below a folder and shows how each differs from what it expects.
import { styleText } from 'node:util';
import { Command } from 'commander';
import { type CaseFolder, findCases } from './cases/case-folder.ts';
import { runCase } from './cases/run-case.ts';
import { EXIT } from './exit-codes.ts';
import { forStdout } from './print.ts';

interface TestFlags {
  readonly config?: string;
  readonly update?: true;
}

/** Lines of difference shown of one case. */
const SHOWN_MAX = 40;

export function testCommand(): Command {
  return new Command('test')
    .description('run the cases below a folder; nothing is sent')
    .argument('<dir>', 'a case, or a folder with cases at any depth')
    .option('-c, --config <file>', 'test this configuration instead of the fluent.conf of each case')
    .option('--update', 'write what came of each case as what is expected')
    .action(test);
}

async function test(directory: string, flags: TestFlags): Promise<void> {
  const cases = findCases(directory);
  let failed = 0;
  for (const testCase of cases) {
    const differences = await runCase(testCase, {
      configuration: flags.config,
      update: flags.update ?? false,
      env: process.env,
    });
    if (differences.length > 0) failed++;
    process.stdout.write(report(testCase, differences));
  }
  process.stdout.write(`${cases.length - failed} passed, ${failed} failed\n`);
  if (cases.length === 0) process.stderr.write('there is no case: a folder with case.json or expected.jsonl\n');
  if (failed > 0 || cases.length === 0) process.exitCode = EXIT.problems;
}

function report({ name, facts }: CaseFolder, differences: readonly string[]): string {
  if (differences.length === 0) return `${paint('green', 'ok    ')} ${name}\n`;
  const what = facts.what === undefined ? '' : `: ${facts.what}`;
  const shown = differences
    .slice(0, SHOWN_MAX)
    .map((line) => `    ${paint(colourOf(line), forStdout(line, 'json'))}\n`);
  const more = differences.length - shown.length;
  return `${paint('red', 'FAILED')} ${name}${what}\n${shown.join('')}${more > 0 ? `    … ${more} lines more\n` : ''}`;
}

function colourOf(line: string): 'red' | 'green' | 'yellow' {
  if (line.startsWith('-')) return 'red';
  return line.startsWith('+') ? 'green' : 'yellow';
}

function paint(colour: 'red' | 'green' | 'yellow', text: string): string {
  return styleText(colour, text, { stream: process.stdout });
}
