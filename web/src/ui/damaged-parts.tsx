// Which parts of the store cannot be read, why, and what they hold.
import type { Damage } from '../../../src/api/contract.ts';
import { countText } from './time.ts';

export function DamagedParts({ damaged }: { readonly damaged: readonly Damage[] }) {
  const rows = damaged.reduce((sum, part) => sum + part.rows, 0);
  return (
    <div className="damage">
      <p>Up to {countText(rows)} records cannot be read; everything else is here.</p>
      <ul>
        {damaged.map(({ segment, reason, from, to }) => (
          <li key={segment}>
            <code>{segment}</code> {reason} ({from} – {to})
          </li>
        ))}
      </ul>
    </div>
  );
}
