'use client';
import { Dialog } from '@base-ui/react/dialog';
import { clsx } from 'clsx';
import { X } from 'lucide-react';
import type { KeyboardEventHandler, ReactNode } from 'react';

/** A titled dialog; focus is kept inside and given back. */
export function Modal({
  open,
  onOpenChange,
  title,
  description,
  closeLabel,
  wide = false,
  onKeyDown,
  children,
}: {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly description?: string;
  readonly closeLabel: string;
  readonly wide?: boolean;
  /** Keys that the dialog takes wherever the focus is in it. */
  readonly onKeyDown?: KeyboardEventHandler;
  readonly children: ReactNode;
}) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-[60] bg-black/40" />
        <Dialog.Popup
          onKeyDown={onKeyDown}
          className={clsx(
            'fixed top-1/2 left-1/2 z-[61] flex max-h-[86dvh] w-[calc(100vw-24px)] -translate-x-1/2 -translate-y-1/2 flex-col',
            'rounded-xl border border-border bg-popover text-popover-foreground shadow-2xl outline-none',
            wide ? 'max-w-4xl' : 'max-w-lg',
          )}
        >
          <header className="flex items-start gap-3 border-b border-border px-5 py-3.5">
            <div className="min-w-0 flex-1">
              <Dialog.Title className="text-[15px] font-semibold">{title}</Dialog.Title>
              {description !== undefined && (
                <Dialog.Description className="mt-0.5 text-xs text-muted-foreground">
                  {description}
                </Dialog.Description>
              )}
            </div>
            <Dialog.Close
              aria-label={closeLabel}
              className="-mr-1.5 inline-flex size-8 items-center justify-center rounded-md hover:bg-muted"
            >
              <X size={16} />
            </Dialog.Close>
          </header>
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keys */}
          <section tabIndex={0} aria-label={title} className="min-h-0 flex-1 overflow-auto p-5">
            {children}
          </section>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
