// A button that opens something small beside itself; the browser closes it on Escape and on a click elsewhere.
import { type ReactNode, useId, useRef, useState } from 'react';

interface PopoverProps {
  readonly label: ReactNode;
  readonly title: string;
  /** The button's name where its label is a sign and no word. */
  readonly isNamedByTitle?: boolean;
  readonly className?: string;
  /** Given a function that closes it. */
  readonly children: (close: () => void) => ReactNode;
}

export function Popover({ label, title, isNamedByTitle = false, className = 'button', children }: PopoverProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const place = (): void => {
    const at = button.current?.getBoundingClientRect();
    const box = panel.current;
    if (!at || !box) return;
    const left = Math.min(at.left, window.innerWidth - box.offsetWidth - 8);
    const below = at.bottom + 4;
    const fits = below + box.offsetHeight < window.innerHeight;
    box.style.left = `${Math.max(8, left)}px`;
    box.style.top = `${fits ? below : Math.max(8, at.top - box.offsetHeight - 4)}px`;
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={className}
        popoverTarget={id}
        title={title}
        aria-label={isNamedByTitle ? title : undefined}
        aria-expanded={isOpen}
      >
        {label}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={title}
        onToggle={(event) => {
          const opens = event.newState === 'open';
          setOpen(opens);
          if (opens) requestAnimationFrame(place);
        }}
      >
        {isOpen && children(() => panel.current?.hidePopover())}
      </div>
    </>
  );
}
