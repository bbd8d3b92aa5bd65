// The editor of the query bar: one line of KQL with completion of fields, values and words. Loaded lazily.
//
// It lives in a shadow root: there its styles are constructed sheets, which the content security policy allows.
import {
  acceptCompletion,
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
  moveCompletionSelection,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { LRLanguage } from '@codemirror/language';
import { type Diagnostic, linter } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import type { FieldsAnswer, ValuesAnswer } from '../../../src/api/contract.ts';
import { ALIASES } from '../../../src/formats/kql/fields.ts';
import { kqlParser, parseQuery } from '../../../src/formats/kql/parse.ts';
import { get } from '../data/api.ts';
import { kqlValue } from '../data/query-text.ts';

interface QueryEditorProps {
  readonly value: string;
  onChange(text: string): void;
  onSubmit(text: string): void;
}

export function QueryEditor({ value, onChange, onSubmit }: QueryEditorProps) {
  const holder = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef({ onChange, onSubmit });
  latest.current = { onChange, onSubmit };

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; the effect below brings text from elsewhere
  useEffect(() => {
    const host = holder.current;
    if (!host) return;
    const root = host.shadowRoot ?? host.attachShadow({ mode: 'open', delegatesFocus: true });
    root.replaceChildren();
    const editor = new EditorView({
      parent: root,
      root,
      state: EditorState.create({
        doc: value,
        extensions: extensions(
          (text) => latest.current.onChange(text),
          (text) => latest.current.onSubmit(text),
        ),
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, []);
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);
  return <div ref={holder} className="query-input editor" data-query-editor="" />;
}

const THEME = EditorView.theme({
  '&': { font: '13px/1.45 var(--mono)', color: 'var(--text)', height: '100%' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { font: 'inherit', overflow: 'hidden', alignItems: 'center' },
  '.cm-content': { padding: '0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0' },
  '.cm-placeholder': { color: 'var(--text-3)' },
  '&.cm-focused .cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-tooltip': {
    background: 'var(--raised)',
    border: '1px solid var(--line-strong)',
    borderRadius: '5px',
    color: 'var(--text)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { font: '12px var(--mono)' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { background: 'var(--accent)', color: 'var(--accent-text)' },
  '.cm-completionDetail': { fontStyle: 'normal', color: 'inherit', opacity: '0.75', marginLeft: '1em' },
});

function extensions(onChange: (text: string) => void, onSubmit: (text: string) => void) {
  return [
    history(),
    LRLanguage.define({ parser: kqlParser }),
    EditorState.transactionFilter.of((transaction) =>
      transaction.newDoc.lines > 1 ? oneLine(transaction) : transaction,
    ),
    EditorView.contentAttributes.of({ 'aria-label': 'Query', spellcheck: 'false' }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString());
    }),
    placeholder('level >= warning and sandbox:2fa5*   (press / to come here)'),
    // Enter asks; a completion is taken by Tab, or by Enter once one was chosen with the arrows.
    autocompletion({ override: [complete], icons: false, selectOnOpen: false }),
    linter(({ state }) => problemsOf(state.doc.toString())),
    keymap.of([
      ...completionKeymap,
      { key: 'Tab', run: takeFirst },
      {
        key: 'Enter',
        run: ({ state }) => {
          onSubmit(state.doc.toString());
          return true;
        },
      },
      { key: 'Escape', run: leave },
      ...historyKeymap,
      ...defaultKeymap,
    ]),
    THEME,
  ];
}

/** Takes the chosen completion, else the first one. */
function takeFirst(view: EditorView): boolean {
  return acceptCompletion(view) || (moveCompletionSelection(true)(view) && acceptCompletion(view));
}

function leave({ contentDOM }: EditorView): boolean {
  contentDOM.blur();
  return true;
}

/** Pasted line ends become blanks: a query is one line. */
function oneLine({ newDoc, startState }: { readonly newDoc: EditorState['doc']; readonly startState: EditorState }) {
  const text = newDoc.toString().replace(/\s*\n\s*/g, ' ');
  return { changes: { from: 0, to: startState.doc.length, insert: text }, selection: { anchor: text.length } };
}

function problemsOf(text: string): Diagnostic[] {
  const outcome = parseQuery(text);
  if (outcome.ok) return [];
  return outcome.problems.map(({ from, to, message }) => ({
    from,
    to: Math.min(to, text.length),
    message,
    severity: 'error',
  }));
}

const WORDS = ['and', 'or', 'not'];

async function complete(context: CompletionContext): Promise<CompletionResult | null> {
  const before = context.state.sliceDoc(0, context.pos);
  const value = /([\w.@-]+)\s*(?::|>=?|<=?)\s*\(?("[^"]*|[^\s():"<>]*)$/.exec(before);
  if (value) return completeValue(context, value[1] as string, value[2] as string);
  const word = /[\w.@-]*$/.exec(before)?.[0] ?? '';
  if (word === '' && !context.explicit && before !== '' && !before.endsWith(' ') && !before.endsWith('(')) return null;
  const { fields } = await get<FieldsAnswer>('fields');
  const options = [
    ...Object.keys(ALIASES).map((label) => ({ label, apply: `${label}:`, detail: 'alias', boost: 2 })),
    ...fields.map(({ name, count }) => ({ label: name, apply: `${name}:`, detail: String(count) })),
    ...(before.trim() === '' ? ['not'] : WORDS).map((label) => ({
      label,
      apply: `${label} `,
      detail: 'word',
      boost: -1,
    })),
  ];
  return { from: context.pos - word.length, options, validFor: /^[\w.@-]*$/ };
}

async function completeValue(
  context: CompletionContext,
  field: string,
  typed: string,
): Promise<CompletionResult | null> {
  const prefix = typed.replace(/^"/, '');
  const { values } = await get<ValuesAnswer>('values', { field, prefix, limit: 30 });
  if (context.aborted) return null;
  return {
    from: context.pos - typed.length,
    options: values.map(({ value, count }) => ({
      label: String(value),
      apply: kqlValue(value ?? ''),
      detail: String(count),
    })),
    filter: false,
  };
}
