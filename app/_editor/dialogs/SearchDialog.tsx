'use client';
import { Dialog } from '@base-ui/react/dialog';
import { Command } from 'cmdk';
import { Search } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { view } from '../../_state/view';

export const itemStyle =
  'flex min-h-9 cursor-default items-center gap-2.5 rounded-md px-2.5 py-1.5 text-[13px] data-[disabled=true]:opacity-45 data-[selected=true]:bg-accent data-[selected=true]:text-accent-foreground';
export const groupStyle =
  '[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2.5 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-[11px] [&_[cmdk-group-heading]]:font-semibold [&_[cmdk-group-heading]]:text-muted-foreground';

/** A searchable list in a dialog, for the command palette, find and wiring. */
export function SearchDialog({
  title,
  placeholder,
  filter,
  header,
  children,
  onBack,
}: {
  readonly title: string;
  readonly placeholder: string;
  readonly filter?: (value: string, query: string) => number;
  readonly header?: ReactNode;
  readonly children: ReactNode;
  readonly onBack?: () => void;
}) {
  const t = useTranslations('dialogs');
  const [query, setQuery] = useState('');
  return (
    <Dialog.Root open onOpenChange={(open) => !open && view.setState({ dialog: null })}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-[60] bg-black/30" />
        <Dialog.Popup className="fixed top-[12dvh] left-1/2 z-[61] w-[560px] max-w-[calc(100vw-16px)] -translate-x-1/2 outline-none">
          <Dialog.Title className="sr-only">{title}</Dialog.Title>
          <Command
            label={title}
            loop
            {...(filter === undefined ? {} : { filter })}
            className="overflow-hidden rounded-xl border border-border bg-popover text-popover-foreground shadow-2xl"
            onKeyDown={(event) => {
              if (event.key === 'Backspace' && query === '' && onBack !== undefined) onBack();
            }}
          >
            <div className="flex items-center gap-2.5 border-b border-border px-4">
              <Search size={16} className="shrink-0 text-muted-foreground" />
              <Command.Input
                autoFocus
                value={query}
                onValueChange={setQuery}
                placeholder={placeholder}
                className="h-12 w-full bg-transparent text-[14px] outline-none placeholder:text-muted-foreground"
              />
            </div>
            {header}
            <Command.List className="max-h-[56dvh] overflow-auto p-1.5">
              <Command.Empty className="py-8 text-center text-xs text-muted-foreground">
                {t('no-match')}
              </Command.Empty>
              {children}
            </Command.List>
          </Command>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
