// What the keys do while records are shown.
import { useNavigate } from '@tanstack/react-router';
import type { Row } from '../../../src/api/contract.ts';
import { recordLevel, recordSandbox } from '../data/columns.ts';
import { fieldIs } from '../data/query-text.ts';
import { useKeys } from '../ui/keyboard.ts';

interface KeyTargets {
  readonly rows: readonly Row[];
  readonly selected: Row | undefined;
  readonly marked: ReadonlySet<string>;
  setMarked(marked: ReadonlySet<string>): void;
  open(record: Row | undefined): void;
  onCondition(condition: string): void;
  showAround(record: Row): void;
  toggleLive(): void;
  shiftTime(direction: 1 | -1): void;
}

const isError = (row: Row): boolean => ['critical', 'error'].includes(recordLevel(row));
const isWarning = (row: Row): boolean => isError(row) || recordLevel(row) === 'warning';

export function useExploreKeys(targets: KeyTargets): void {
  const navigate = useNavigate();
  const { rows, selected, marked, open } = targets;
  const at = selected ? rows.findIndex(({ id }) => id === selected.id) : -1;
  const sandbox = selected && recordSandbox(selected);
  /** Opens the next record in a direction that fits; rows are newest first, so +1 is down the page. */
  const seek = (direction: 1 | -1, fits: (row: Row) => boolean): void => {
    const start = at < 0 ? (direction > 0 ? -1 : rows.length) : at;
    for (let i = start + direction; i >= 0 && i < rows.length; i += direction) {
      const row = rows[i] as Row;
      if (!fits(row)) continue;
      open(row);
      return;
    }
  };
  const ofSandbox = (row: Row): boolean => recordSandbox(row) === sandbox;
  const onSandbox = (condition: (sandbox: string) => string): void => {
    if (sandbox !== undefined) targets.onCondition(condition(sandbox));
  };
  const toggleMark = (): void => {
    if (!selected) return;
    const next = new Set(marked);
    if (!next.delete(selected.id)) next.add(selected.id);
    targets.setMarked(next);
  };
  useKeys({
    j: () => seek(1, () => true),
    k: () => seek(-1, () => true),
    g: () => open(rows[0]),
    G: () => open(rows.at(-1)),
    Enter: at < 0 ? () => open(rows[0]) : undefined,
    Escape: selected ? () => open(undefined) : undefined,
    e: () => seek(1, isError),
    E: () => seek(-1, isError),
    w: () => seek(1, isWarning),
    W: () => seek(-1, isWarning),
    o: () => seek(1, ofSandbox),
    O: () => seek(-1, ofSandbox),
    m: toggleMark,
    u: () => seek(1, ({ id }) => marked.has(id)),
    U: () => seek(-1, ({ id }) => marked.has(id)),
    f: () => onSandbox((id) => fieldIs('sandbox', id)),
    x: () => onSandbox((id) => `not ${fieldIs('sandbox', id)}`),
    c: () => selected && targets.showAround(selected),
    s: () => {
      if (sandbox !== undefined) void navigate({ to: '/sandboxes/$id', params: { id: sandbox } });
    },
    t: targets.toggleLive,
    '[': () => targets.shiftTime(-1),
    ']': () => targets.shiftTime(1),
    '/': focusQuery,
  });
}

/** The editor, or the plain input that stands in for it. */
function focusQuery(): void {
  const holder = document.querySelector<HTMLElement>('[data-query-editor]');
  const content = holder?.shadowRoot?.querySelector<HTMLElement>('.cm-content');
  (content ?? document.querySelector<HTMLElement>('.query-input'))?.focus();
}
