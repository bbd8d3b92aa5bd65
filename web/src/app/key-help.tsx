// The keys: what each does, and which key a person wants for it.
import { type KeyboardEvent, useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { ACTIONS, chooseKey, resetKeys, useChosenKeys } from '../ui/keyboard.ts';

/** Keys that only go together with another one, or that a dialog needs itself. */
const UNUSABLE = new Set(['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Tab', 'Dead', 'Escape']);

export function KeyHelp({ onClose }: { onClose(): void }) {
  const chosen = useChosenKeys();
  const [asking, setAsking] = useState<string>();
  const take = (event: KeyboardEvent): void => {
    if (asking === undefined || UNUSABLE.has(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    chooseKey(asking, event.key);
    setAsking(undefined);
  };
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="keys">
        {ACTIONS.map(([usual, what]) => (
          <div key={usual}>
            <dt>
              <button
                type="button"
                className="kbd"
                aria-label={`${chosen[usual] ?? usual}: ${what}. Choose another key`}
                title="Choose another key"
                onClick={() => setAsking(usual)}
                onKeyDown={take}
                onBlur={() => setAsking(undefined)}
              >
                {asking === usual ? 'press a key' : (chosen[usual] ?? usual)}
              </button>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      {Object.keys(chosen).length > 0 && (
        <button type="button" className="button small" onClick={resetKeys}>
          the usual keys again
        </button>
      )}
    </Dialog>
  );
}
