// The output at work: a target for each record, then the records of each target together.
import * as os from 'node:os';
import type { Numbered } from '../../../config/settings.ts';
import type { Batch } from '../../../core/event.ts';
import type { Host, Relay, RelayHost } from '../../../core/plugin.ts';
import { DROPPED, LIVE, W_STATUS } from '../../../core/tape.ts';
import { TapeWriter } from '../../../core/tape-writer.ts';
import { compilePattern, type Found } from '../../../formats/regexp/pattern.ts';
import { FieldReader } from '../../shared/field-reader.ts';
import { Matcher } from '../../shared/matcher.ts';
import { ValueMemo } from '../../shared/value-memo.ts';

export interface Rule {
  readonly key: string;
  readonly pattern: string;
  readonly tag: string;
  readonly label: string | undefined;
  readonly invert: boolean;
  /** The settings that say so. */
  readonly section: object;
}

interface Rules {
  readonly rule: readonly Omit<Rule, 'section'>[];
  readonly rewriteruleN: readonly Numbered[];
}

export interface RewriteSettings extends Rules {
  readonly capitalize_regex_backreference: boolean;
  readonly remove_tag_prefix: string | undefined;
  readonly remove_tag_regexp: string | undefined;
}

/** All rules, those of the old style first; an old one that cannot be read is left out. */
export function rulesOf({ rule, rewriteruleN }: Rules): readonly Rule[] {
  const old = rewriteruleN.flatMap((section) => {
    const [, key, not, pattern, tag] = /^(\S+)\s+(!?)(.+?)\s+(\S+)$/.exec(section.text) ?? [];
    if (key === undefined || pattern === undefined || tag === undefined) return [];
    return [{ key, pattern, tag, label: undefined, invert: not === '!', section }];
  });
  return [...old, ...rule.map((section) => ({ ...section, section }))];
}

interface Target {
  readonly tag: string;
  readonly label: string | undefined;
}

/** Rule does not hold. */
const NO: unique symbol = Symbol('no');
/** It holds, and the record stays where it is, which Fluentd takes for nowhere. */
const NOWHERE: unique symbol = Symbol('nowhere');
type Answer = Target | typeof NO | typeof NOWHERE;

/** Tags may come from data: beyond this many, what was found out for them is forgotten. */
const TAGS_MAX = 64;

export class RewriteTag implements Relay {
  readonly #host: RelayHost;
  readonly #settings: RewriteSettings;
  readonly #rules: readonly RunningRule[];
  readonly #byTag = new Map<string, TagRewrite>();

  constructor(settings: RewriteSettings, host: RelayHost) {
    this.#host = host;
    this.#settings = settings;
    this.#rules = rulesOf(settings).map((rule) => new RunningRule(rule, settings.capitalize_regex_backreference, host));
  }

  relay(batch: Batch): void {
    const { i32 } = batch.arena;
    const { tape } = batch;
    const rewrite = this.#rewriteOf(batch.tag);
    const targets: (Target | undefined)[] = [];
    let first: Target | undefined;
    let isMixed = false;
    let dropped = 0;
    for (let record = tape.start; record < tape.end; record += i32[record >> 2] as number) {
      if (i32[(record >> 2) + W_STATUS] !== LIVE) {
        targets.push(undefined);
        continue;
      }
      const target = rewrite.targetOf(record);
      targets.push(target);
      if (target) {
        isMixed ||= first !== undefined && first !== target;
        first ??= target;
      } else {
        dropped++;
        i32[(record >> 2) + W_STATUS] = DROPPED;
      }
    }
    if (dropped > 0) this.#host.count('dropped', dropped);
    if (isMixed) this.#emitGroups(batch, targets);
    else if (first) this.#host.emit(batch, first.tag, tape, first.label);
  }

  #emitGroups(batch: Batch, targets: readonly (Target | undefined)[]): void {
    const { arena, tape } = batch;
    const writers = new Map<Target, TapeWriter>();
    let index = 0;
    for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number) {
      const target = targets[index++];
      if (!target) continue;
      let writer = writers.get(target);
      if (!writer) {
        writer = new TapeWriter(arena, tape.end - record);
        writers.set(target, writer);
      }
      writer.copy(record);
    }
    for (const [{ tag, label }, writer] of writers) this.#host.emit(batch, tag, writer.tape(), label);
  }

  #rewriteOf(tag: string): TagRewrite {
    let rewrite = this.#byTag.get(tag);
    if (!rewrite) {
      if (this.#byTag.size >= TAGS_MAX) this.#byTag.clear();
      rewrite = new TagRewrite(tag, shortenedTag(this.#settings, tag), this.#rules, this.#host);
      this.#byTag.set(tag, rewrite);
    }
    return rewrite;
  }
}

/** The tag without what is to be removed from it. */
export function shortenedTag(
  { remove_tag_prefix: prefix, remove_tag_regexp: written }: RewriteSettings,
  tag: string,
): string {
  if (prefix !== undefined) return tag.startsWith(prefix) ? tag.slice(prefix.length).replace(/^\./, '') : tag;
  const compiled = written === undefined ? undefined : compilePattern(written);
  const found = compiled?.ok ? compiled.value.exec(tag)?.[0] : undefined;
  return found === undefined ? tag : tag.replace(found, () => '');
}

/** The rules for records of one tag, with what was found out about their values. */
class TagRewrite {
  readonly #tag: string;
  readonly #placeholders: ReadonlyMap<string, string>;
  readonly #rules: readonly RunningRule[];
  readonly #memos: readonly ValueMemo<Answer>[];
  readonly #host: Host;
  readonly #targets = new Map<string, Target>();

  constructor(tag: string, shortened: string, rules: readonly RunningRule[], host: Host) {
    this.#tag = tag;
    this.#placeholders = placeholdersOf(shortened);
    this.#rules = rules;
    this.#memos = rules.map(() => new ValueMemo<Answer>());
    this.#host = host;
  }

  targetOf(record: number): Target | undefined {
    for (let i = 0; i < this.#rules.length; i++) {
      const answer = this.#answer(this.#rules[i] as RunningRule, this.#memos[i] as ValueMemo<Answer>, record);
      if (answer !== NO) return answer === NOWHERE ? undefined : answer;
    }
    return undefined;
  }

  #answer(rule: RunningRule, memo: ValueMemo<Answer>, record: number): Answer {
    const { reader } = rule;
    if (!reader.find(record)) return rule.invert ? this.#target(rule, undefined) : NO;
    const { u8 } = this.#host.arena;
    const { kind, start, end } = reader;
    const known = memo.find(u8, kind, start, end);
    if (known !== undefined) return known;
    const answer = this.#ask(rule, reader.text());
    memo.put(u8, kind, start, end, answer);
    return answer;
  }

  #ask(rule: RunningRule, text: string): Answer {
    const found = text === '' ? undefined : rule.matcher.exec(text);
    if ((found === undefined) !== rule.invert) return NO;
    return this.#target(rule, found);
  }

  #target(rule: RunningRule, found: Found | undefined): Answer {
    const tag = rule.tagFor(found, this.#placeholders);
    if (tag === this.#tag && rule.label === undefined) return NOWHERE;
    const name = `${rule.label ?? ''}\n${tag}`;
    const known = this.#targets.get(name);
    if (known) return known;
    const target = { tag, label: rule.label };
    if (this.#targets.size >= TAGS_MAX) this.#targets.clear();
    this.#targets.set(name, target);
    return target;
  }
}

export const PLACEHOLDER = /\$(\d+)|(\$\{[a-z_]+(?:\[-?\d+\])?\}|__[A-Z_]+__)/g;

class RunningRule {
  readonly reader: FieldReader;
  readonly matcher: Matcher;
  readonly label: string | undefined;
  readonly invert: boolean;
  readonly #tag: string;
  readonly #capitalizes: boolean;
  readonly #host: Host;
  #warned = false;

  constructor({ key, pattern, tag, label, invert }: Rule, capitalizes: boolean, host: Host) {
    this.reader = new FieldReader(key, host);
    this.matcher = new Matcher(pattern, host);
    this.label = label;
    this.invert = invert;
    this.#tag = tag;
    this.#capitalizes = capitalizes;
    this.#host = host;
  }

  /** The new tag. What a group found is taken as it is: a record cannot bring placeholders. */
  tagFor(found: Found | undefined, placeholders: ReadonlyMap<string, string>): string {
    return this.#tag.replace(PLACEHOLDER, (whole, group: string | undefined) => {
      if (group !== undefined)
        return found ? this.#group(Number(group) > 0 ? (found[Number(group)] ?? '') : '') : whole;
      return placeholders.get(whole) ?? this.#unknown(whole);
    });
  }

  #group(text: string): string {
    return this.#capitalizes ? text.charAt(0).toUpperCase() + text.slice(1).toLowerCase() : text;
  }

  #unknown(placeholder: string): string {
    if (!this.#warned) this.#host.log.warn(`${placeholder} in the tag stands for nothing; it is left out`);
    this.#warned = true;
    return '';
  }
}

export function placeholdersOf(tag: string): ReadonlyMap<string, string> {
  const hostname = os.hostname();
  const parts = tag.split('.');
  const map = new Map([
    ['${tag}', tag],
    ['__TAG__', tag],
    ['${hostname}', hostname],
    ['__HOSTNAME__', hostname],
  ]);
  parts.forEach((part, index) => {
    map.set(`\${tag_parts[${index}]}`, part);
    map.set(`\${tag_parts[${index - parts.length}]}`, part);
  });
  return map;
}
