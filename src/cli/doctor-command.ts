// `katalog doctor`: whether Katalog can work here and what it promises; `katalog doctor kata`: what keeps Kata's records out.
import * as fs from 'node:fs';
import { Command } from 'commander';
import { type Problem, printable, quoted } from '../core/problem.ts';
import { NodeFiles } from './doctor-files.ts';
import { diagnoseHost } from './doctor-host.ts';
import { diagnoseKata } from './doctor-kata.ts';
import { EXIT } from './exit-codes.ts';
import { printJson } from './print.ts';
import { countText, problemLines } from './show-problems.ts';

interface DoctorFlags {
  readonly root?: string;
  readonly json?: true;
  readonly config?: string;
  readonly stateDir?: string;
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'tell what stands in the way: rights, state and delivery; with "kata", what keeps records out of the log',
    )
    .argument('[subject]', 'kata: the configurations of Kata, containerd, CRI-O and journald')
    .option('-c, --config <file>', 'a configuration: its outputs and what they promise')
    .option('--root <dir>', "prefix of every absolute path: a node's disk on a laptop")
    .option('--state-dir <dir>', 'where positions are kept (default: as katalog run)')
    .option('--json', 'print JSON')
    .action(doctor);
}

function doctor(subject: string | undefined, flags: DoctorFlags): void {
  if (subject !== undefined && subject !== 'kata') {
    process.stderr.write(`doctor: expected kata or nothing, got "${printable(subject)}"\n`);
    process.exitCode = EXIT.usage;
    return;
  }
  const { root = '' } = flags;
  if (root !== '' && !fs.statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    // An empty disk has nothing to complain of.
    process.stderr.write(`doctor: --root ${quoted(root)} is no folder that is there\n`);
    process.exitCode = EXIT.usage;
    return;
  }
  const node = new NodeFiles(root);
  const { facts, problems } = subject === 'kata' ? kataFacts(node) : diagnoseHost(flags, node);
  if (flags.json) printJson({ facts, problems });
  else process.stdout.write(page(facts, problems));
  if (problems.some(({ severity }) => severity !== 'notice')) process.exitCode = EXIT.problems;
}

function kataFacts(node: NodeFiles): { readonly facts: readonly string[]; readonly problems: readonly Problem[] } {
  const { files, problems } = diagnoseKata(node);
  return { facts: files.map((file) => `read ${file}`), problems };
}

function page(facts: readonly string[], problems: readonly Problem[]): string {
  const lines = facts.map((fact) => `${printable(fact)}\n`).join('');
  const told = problems.map((problem) => problemLines(problem, process.stdout)).join('');
  return `${lines}${told}${countText(problems)}\n`;
}
