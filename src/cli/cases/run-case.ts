// Runs one case and says how what came of it differs from what was expected.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { diskFiles } from '../../config/files.ts';
import { parseConfig } from '../../config/grammar.ts';
import { type Section, USE_DEFAULT } from '../../config/tree.ts';
import { failureText } from '../../core/failure.ts';
import { describeProblem, type Problem } from '../../core/problem.ts';
import { canonicalJson, canonicalOf } from './canonical.ts';
import { type CaseFolder, caseText, copyCase, EXPECTED } from './case-folder.ts';
import { compareEvents, expectedText } from './expected-events.ts';
import { alignLines } from './line-diff.ts';
import { type OnceResult, runOnce } from './run-once.ts';

export interface CaseOptions {
  /** The configuration under test, in place of the case's own; absolute paths in it are looked for inside of the case. */
  readonly configuration: string | undefined;
  /** Write what came of it as what is expected. */
  readonly update: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Lines that say what differs; none where the case passed. */
export async function runCase(testCase: CaseFolder, options: CaseOptions): Promise<readonly string[]> {
  const directory = copyCase(testCase.folder);
  try {
    const run = new CaseRun(testCase, options, directory);
    return await run.differences();
  } catch (thrown) {
    return [`it could not be run: ${failureText(thrown)}`];
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

class CaseRun {
  readonly #case: CaseFolder;
  readonly #options: CaseOptions;
  readonly #directory: string;
  readonly #configuration: string;
  readonly #env: Readonly<Record<string, string | undefined>>;

  constructor(testCase: CaseFolder, options: CaseOptions, directory: string) {
    this.#case = testCase;
    this.#options = options;
    this.#directory = directory;
    this.#configuration = options.configuration ?? path.join(directory, 'fluent.conf');
    this.#env = { ...options.env, ...testCase.facts.env, CASE_DIR: directory };
  }

  async differences(): Promise<readonly string[]> {
    const tree = this.#expected('betterTree') ?? this.#expected('tree');
    if (tree !== undefined) return this.#treeDifferences(tree);
    const { facts } = this.#case;
    const result = await runOnce({
      configuration: this.#configuration,
      env: this.#env,
      root: this.#options.configuration === undefined ? '' : this.#directory,
      timeZone: facts.tz ?? 'UTC',
    });
    const refusal = this.#expected('refusal');
    if (refusal !== undefined) return this.#refusalDifferences(refusal, result.problems);
    return this.#runDifferences(result);
  }

  #runDifferences(result: OnceResult): readonly string[] {
    const order = this.#case.facts.order ?? 'exact';
    const place = { directory: this.#directory, began: result.began, ended: result.ended };
    const problems = [...this.#problemLines(result.problems), ...result.messages.map((line) => this.#local(line))];
    if (this.#options.update) {
      this.#write(EXPECTED.events, expectedText(result.events, order, place));
      this.#write(EXPECTED.problems, problems.map((line) => `${line}\n`).join(''));
      return [];
    }
    const events = this.#expected('betterEvents') ?? this.#expected('events') ?? '';
    const expectedProblems = this.#expected('problems');
    const refused = result.problems.filter(({ severity }) => severity === 'error');
    return [
      ...(expectedProblems === undefined ? this.#problemLines(refused) : []),
      ...compareEvents(events, result.events, order, place),
      ...(expectedProblems === undefined ? [] : lineDifferences(expectedProblems, problems)),
      ...this.#positionDifferences(),
    ];
  }

  #treeDifferences(expected: string): readonly string[] {
    const text = diskFiles.readFile(this.#configuration);
    const environment = { env: this.#env, hostname: 'case', workerId: 0, root: '' };
    const { tree, problems } = parseConfig(text, this.#configuration, { ...diskFiles, environment });
    const errors = problems.filter(({ severity }) => severity === 'error');
    if (errors.length > 0) {
      // The corpus lets a tool without Ruby refuse an expression, if it says so.
      const isAllowed = /without Ruby/.test(this.#case.facts.notes ?? '');
      return isAllowed && errors.every(({ code }) => code === 'config/ruby') ? [] : this.#problemLines(problems);
    }
    const found = canonicalOf(treeJson(tree));
    const wanted = canonicalJson(expected);
    return found === wanted ? [] : [`- ${wanted}`, `+ ${found}`];
  }

  /** A refusal that names one of the lines in which the mistake may be seen. */
  #refusalDifferences(expected: string, problems: readonly Problem[]): readonly string[] {
    const { line, line_ok, file, about } = JSON.parse(expected) as {
      readonly line?: number;
      readonly line_ok?: readonly number[];
      readonly file?: string;
      readonly about?: string;
    };
    const lines = line_ok ?? (line === undefined ? undefined : [line]);
    const isNamed = problems.some(({ severity, place }) => {
      const isFile = file === undefined || path.basename(place?.file ?? '') === path.basename(file);
      return severity === 'error' && isFile && (!lines || lines.includes(place?.line ?? 0));
    });
    // The corpus lets a better tool take what Fluentd refuses, if it says so.
    const mayAccept = /may accept/.test(this.#case.facts.notes ?? '');
    if (isNamed || (mayAccept && !problems.some(({ severity }) => severity === 'error'))) return [];
    const at = lines ? ` at line ${lines.join(' or ')}` : '';
    return [`- refused${at}: ${about ?? ''}`, ...this.#problemLines(problems).map((text) => `+ ${text}`)];
  }

  #positionDifferences(): readonly string[] {
    const { pos_after: expected } = this.#case.facts;
    if (!expected) return [];
    const found = new Map<string, number>();
    for (const name of fs.readdirSync(this.#directory)) {
      for (const line of (caseText(this.#directory, name) ?? '').split('\n')) {
        const [file, offset] = /^(\/[^\t]*)\t([0-9a-f]{16})\t[0-9a-f]{16}$/.exec(line)?.slice(1) ?? [];
        if (file !== undefined) found.set(path.relative(this.#directory, file), Number.parseInt(offset as string, 16));
      }
    }
    return Object.entries(expected)
      .filter(([file, offset]) => found.get(file) !== offset)
      .map(([file, offset]) => `position of ${file}: expected ${offset}, found ${found.get(file) ?? 'none'}`);
  }

  #expected(kind: keyof typeof EXPECTED): string | undefined {
    return caseText(this.#case.folder, EXPECTED[kind]);
  }

  /** An empty file says no more than none. */
  #write(name: string, text: string): void {
    const file = path.join(this.#case.folder, name);
    if (text === '' && name !== EXPECTED.events) fs.rmSync(file, { force: true });
    else fs.writeFileSync(file, text);
  }

  #problemLines(problems: readonly Problem[]): string[] {
    return problems.map((problem) => {
      const { hint: _, ...rest } = problem;
      return this.#local(describeProblem(rest));
    });
  }

  /** Without the directory of the run. */
  #local(line: string): string {
    return line.replaceAll(`${this.#directory}/`, '').replaceAll(this.#directory, '@CASE_DIR@');
  }
}

/** In the form of expected.tree.json. */
function treeJson(section: Section): unknown {
  const attrs = section.params.map(({ name, value }) => [name, value === USE_DEFAULT ? { $use_default: true } : value]);
  return {
    name: section.name,
    arg: section.arg,
    attrs: Object.fromEntries(attrs),
    elements: section.sections.map(treeJson),
  };
}

function lineDifferences(expected: string, found: readonly string[]): string[] {
  const wanted = expected.split('\n').filter(Boolean);
  return alignLines(wanted, found, (a, b) => a === b).flatMap(({ left, right }) => [
    ...(left === undefined ? [] : [`- ${left}`]),
    ...(right === undefined ? [] : [`+ ${right}`]),
  ]);
}
