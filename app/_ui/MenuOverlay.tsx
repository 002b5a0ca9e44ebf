'use client';
import { Menu } from '@base-ui/react/menu';
import { Check, ChevronRight } from 'lucide-react';
import { landmark } from './landmark';
import type { DropMenuProps, Entries, MenuEntry } from './menu';
import { Keys } from './Keys';

const popup =
  'z-[80] min-w-52 max-h-[80dvh] overflow-auto rounded-lg border border-border bg-popover p-1 text-popover-foreground shadow-xl outline-none';
const item =
  'flex h-7.5 cursor-default items-center gap-2 rounded-md px-2 text-[13px] outline-none select-none data-[highlighted]:bg-accent data-[highlighted]:text-accent-foreground data-[disabled]:opacity-45';

function Row({ entry }: { readonly entry: MenuEntry }) {
  const Icon = entry.icon;
  return (
    <>
      <span className="flex w-4 justify-center">
        {entry.checked === true ? <Check size={14} /> : Icon !== undefined && <Icon size={14} />}
      </span>
      <span className={entry.danger === true ? 'flex-1 text-destructive' : 'flex-1'}>{entry.label}</span>
      {entry.hotkey !== undefined && <Keys hotkey={entry.hotkey} />}
    </>
  );
}

const isChoice = (entry: Entries[number]): entry is MenuEntry =>
  entry !== 'separator' && entry.choice === true;

/** Entries of which one is chosen: to screen readers each says so, and which. */
function Choices({ entries }: { readonly entries: readonly MenuEntry[] }) {
  return (
    <Menu.RadioGroup
      value={entries.find(({ checked }) => checked === true)?.key ?? ''}
      onValueChange={(chosen: unknown) => entries.find(({ key }) => key === chosen)?.perform?.()}
    >
      {entries.map((entry) => (
        <Menu.RadioItem
          key={entry.key}
          value={entry.key}
          closeOnClick
          className={item}
          disabled={entry.disabled ?? false}
        >
          <Row entry={entry} />
        </Menu.RadioItem>
      ))}
    </Menu.RadioGroup>
  );
}

function Items({ entries }: { readonly entries: Entries }) {
  const start = entries.findIndex(isChoice);
  if (start === -1) return <Plain entries={entries} />;
  const past = entries.findIndex((entry, index) => index > start && !isChoice(entry));
  const end = past === -1 ? entries.length : past;
  return (
    <>
      <Plain entries={entries.slice(0, start)} />
      <Choices entries={entries.slice(start, end).filter(isChoice)} />
      {end < entries.length && <Items entries={entries.slice(end)} />}
    </>
  );
}

function Plain({ entries }: { readonly entries: Entries }) {
  return entries.map((entry, index) => {
    // oxlint-disable-next-line react/no-array-index-key -- separators have no identity
    if (entry === 'separator')
      return <Menu.Separator key={`separator-${index}`} className="my-1 h-px bg-border" />;
    if (entry.entries !== undefined)
      return (
        <Menu.SubmenuRoot key={entry.key}>
          <Menu.SubmenuTrigger className={item}>
            <Row entry={entry} />
            <ChevronRight size={14} className="text-muted-foreground" />
          </Menu.SubmenuTrigger>
          <Menu.Portal container={landmark}>
            <Menu.Positioner sideOffset={2} className="z-[80]">
              <Menu.Popup className={popup}>
                <Items entries={entry.entries} />
              </Menu.Popup>
            </Menu.Positioner>
          </Menu.Portal>
        </Menu.SubmenuRoot>
      );
    const common = { className: item, disabled: entry.disabled ?? false };
    return entry.checked === undefined ? (
      <Menu.Item key={entry.key} {...common} onClick={() => entry.perform?.()}>
        <Row entry={entry} />
      </Menu.Item>
    ) : (
      <Menu.CheckboxItem
        key={entry.key}
        {...common}
        checked={entry.checked}
        onCheckedChange={() => entry.perform?.()}
      >
        <Row entry={entry} />
      </Menu.CheckboxItem>
    );
  });
}

/** A menu under a trigger, opened at once: its trigger has been pressed already (`DropMenu`). */
export function MenuOverlay({ trigger, entries, align = 'start', side = 'bottom', header }: DropMenuProps) {
  return (
    <Menu.Root modal={false} defaultOpen>
      <Menu.Trigger render={trigger} />
      <Menu.Portal container={landmark}>
        <Menu.Positioner sideOffset={6} align={align} side={side} className="z-[80]">
          <Menu.Popup className={popup}>
            {header}
            <Items entries={entries} />
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

/** A menu at a point of the page (right click, long press). */
export function MenuAt({
  at,
  onClose,
  entries,
}: {
  readonly at: { readonly x: number; readonly y: number };
  readonly onClose: () => void;
  readonly entries: Entries;
}) {
  const anchor = { getBoundingClientRect: () => new DOMRect(at.x, at.y, 0, 0) };
  return (
    <Menu.Root open onOpenChange={(open) => !open && onClose()} modal={false}>
      <Menu.Portal container={landmark}>
        <Menu.Positioner anchor={anchor} sideOffset={2} align="start" className="z-[80]">
          <Menu.Popup className={popup}>
            <Items entries={entries} />
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
