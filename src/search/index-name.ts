// Names of indices: from a template of text, the event's UTC time and the tag.
import type { Instant } from '../core/event.ts';
import { formatTime } from '../formats/time/format.ts';

const SECONDS_PER_DAY = 86_400;
const MAX_BYTES = 255;
/** Nothing is left of the tag. */
const NAMELESS = 'untagged';

/** What an index name is made of: strftime directives, `${tag}`, `${tag[N]}`. */
export class IndexName {
  readonly #template: string;
  readonly #zone: string;
  readonly #isDaily: boolean;
  readonly #isDated: boolean;
  readonly #beginsWithTag: boolean;

  constructor(template: string, zone: 'utc' | 'local') {
    this.#template = template;
    this.#zone = zone;
    this.#isDated = template.includes('%');
    this.#beginsWithTag = template.startsWith('${tag');
    this.#isDaily = zone === 'utc' && !/%[^YmdyjeUuwaAbBF-]/.test(template.replaceAll('%%', ''));
  }

  /** Two times of one period have one name: events are grouped by it without making the name. */
  period(seconds: number): number {
    if (!this.#isDated) return 0;
    return this.#isDaily ? Math.floor(seconds / SECONDS_PER_DAY) : seconds;
  }

  /** Lower case, cut at 255 bytes, without what a server refuses in names that come from tags. */
  at(time: Instant, tag: string): string {
    const parts = tag.split('.');
    const tagged = this.#template
      .replaceAll('${tag}', safe(tag))
      .replace(/\$\{tag\[(-?\d+)\]\}/g, (_, index: string) => safe(parts.at(Number(index)) ?? ''));
    const dated = this.#isDated ? formatTime(time, tagged, this.#zone) : tagged;
    const name = cut(dated.toLowerCase());
    return this.#beginsWithTag ? name.replace(/^[-_+.]*/, '') || NAMELESS : name;
  }
}

/** Tags may come from data: a percent sign would be read as a directive, the rest would be refused. */
function safe(tag: string): string {
  return tag.replace(/[\\/*?"<>| ,#:%]/g, '_');
}

/** At most 255 bytes, whole characters. */
function cut(name: string): string {
  const bytes = Buffer.from(name);
  if (bytes.length <= MAX_BYTES) return name;
  let end = MAX_BYTES;
  while (((bytes[end] as number) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}
