'use client';
/** The open documents: tabs on a wide page, a menu on a narrow one. */
import { clsx } from 'clsx';
import { ChevronDown, LayoutTemplate, Plus, X } from 'lucide-react';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import { shownKey, perform } from '../../_actions/commands';
import { persistence } from '../../_persistence/persist-workspace';
import { useRun } from '../../_state/run-store';
import { activate, closeTab, useWorkspace, workspace } from '../../_state/workspace';
import { IconButton } from '../../_ui/Button';
import { DropMenu } from '../../_ui/DropMenu';

/** Arrow keys walk the tabs, Delete closes one (WAI-ARIA tabs with deletable tabs). */
function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
  const { tabs, active } = workspace.getState();
  const at = tabs.findIndex(({ id }) => id === active);
  const places: Readonly<Record<string, number>> = {
    ArrowLeft: (at - 1 + tabs.length) % tabs.length,
    ArrowRight: (at + 1) % tabs.length,
    Home: 0,
    End: tabs.length - 1,
  };
  const next = tabs[places[event.key] ?? -1];
  if (next !== undefined) activate(next.id);
  else if (event.key === 'Delete') closeTab(active);
  else return;
  event.preventDefault();
  // Delete on a tab is not meant for the graph.
  event.stopPropagation();
  const list = event.currentTarget;
  requestAnimationFrame(() => list.querySelector<HTMLElement>('[aria-selected="true"]')?.focus());
}

export function Tabs() {
  const t = useTranslations('bar');
  const tabs = useWorkspace((state) => state.tabs);
  const active = useWorkspace((state) => state.active);
  return (
    <div className="flex min-w-0 items-center gap-0.5">
      <div
        role="tablist"
        tabIndex={-1}
        aria-label={t('documents')}
        onKeyDown={onKeyDown}
        className="flex min-w-0 items-center gap-0.5 overflow-x-auto [scrollbar-width:none]"
      >
        {tabs.map((tab) => (
          <TabButton key={tab.id} id={tab.id} chosen={tab.id === active} />
        ))}
      </div>
      <IconButton small label={t('new')} hotkey={shownKey('new')} onClick={() => perform('new')}>
        <Plus size={15} />
      </IconButton>
    </div>
  );
}

/** The tab's title: of the live document when it is the active one. */
function useTitle(id: string): string {
  const t = useTranslations();
  const title = useWorkspace(({ tabs }) => tabs.find((tab) => tab.id === id)?.history.document.meta.title);
  return title === undefined || title === '' ? t('untitled') : title;
}

function TabButton({ id, chosen }: { readonly id: string; readonly chosen: boolean }) {
  const t = useTranslations('bar');
  const title = useTitle(id);
  const saved = useStore(persistence, (state) => state.states[id]?.state);
  const running = useRun((state) => state.current?.tab === id);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (chosen) button.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [chosen]);
  return (
    <button
      ref={button}
      type="button"
      role="tab"
      aria-selected={chosen}
      aria-keyshortcuts="Delete"
      tabIndex={chosen ? 0 : -1}
      onClick={() => activate(id)}
      onAuxClick={(event) => {
        if (event.button === 1) closeTab(id);
      }}
      title={title}
      className={clsx(
        'group flex h-8 max-w-48 shrink-0 items-center gap-1.5 rounded-md pr-1 pl-2.5 text-[12.5px]',
        chosen ? 'bg-accent font-medium text-accent-foreground' : 'text-muted-foreground hover:bg-muted',
      )}
    >
      {running && <span className="size-1.5 shrink-0 animate-pulse rounded-full bg-primary" />}
      <span className="truncate">{title}</span>
      {saved === 'failed' && (
        <span role="img" aria-label={t('not-saved')} title={t('not-saved')} className="text-destructive">
          ●
        </span>
      )}
      {/* For the mouse; a tab holds no button of its own, keys close it with Delete or Alt W. */}
      <span
        aria-hidden
        title={t('close', { title })}
        data-close-tab
        onClick={(event) => {
          event.stopPropagation();
          closeTab(id);
        }}
        className={clsx(
          'flex size-5 shrink-0 items-center justify-center rounded hover:bg-foreground/10',
          !chosen && 'opacity-0 group-hover:opacity-100',
        )}
      >
        <X size={12} />
      </span>
    </button>
  );
}

export function TabPicker() {
  const tabs = useWorkspace((state) => state.tabs);
  const active = useWorkspace((state) => state.active);
  const title = useTitle(active);
  const t = useTranslations();
  return (
    <DropMenu
      trigger={
        <button
          type="button"
          className="flex h-8 min-w-0 items-center gap-1 rounded-md px-1.5 font-medium hover:bg-muted"
        >
          <span className="truncate">{title}</span>
          <ChevronDown size={13} className="shrink-0 text-muted-foreground" />
        </button>
      }
      entries={[
        ...tabs.map((tab) => ({
          key: tab.id,
          label: tab.history.document.meta.title ?? t('untitled'),
          checked: tab.id === active,
          choice: true as const,
          perform: () => activate(tab.id),
        })),
        'separator' as const,
        {
          key: 'templates',
          label: t('bar.templates'),
          icon: LayoutTemplate,
          perform: () => perform('templates'),
        },
      ]}
    />
  );
}
