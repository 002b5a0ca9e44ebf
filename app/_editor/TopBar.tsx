'use client';
import { clsx } from 'clsx';
import {
  LayoutTemplate,
  Menu as MenuIcon,
  Play,
  Plus,
  Redo,
  Share2,
  Square,
  Undo,
  ChevronDown,
  X,
  Command as CommandIcon,
} from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import { commandGroups, commands, shownKey } from '../_actions/commands';
import { perform } from '../_actions/perform';
import { sayEdit } from '../_i18n/say';
import { useFormat } from '../_i18n/format';
import { keeping } from '../_share/keep';
import { useRun } from '../_state/run';
import { activate, closeTab, useWorkspace } from '../_state/workspace';
import { Button, IconButton } from '../_ui/Button';
import { DropMenu } from '../_ui/DropMenu';
import { Tip } from '../_ui/Tip';
import { BackendBadge } from './BackendBadge';
import { useEntry } from './entry';
import { Logo } from './Logo';

export function TopBar({ compact }: { readonly compact: boolean }) {
  const t = useTranslations('bar');
  const tg = useTranslations('groups');
  const entry = useEntry();
  const undoLabel = useWorkspace((state) => state.undoLabel);
  const redoLabel = useWorkspace((state) => state.redoLabel);
  return (
    <header className="relative z-30 flex h-12 shrink-0 items-center gap-1 border-b border-border bg-card px-2">
      <DropMenu
        trigger={
          <button
            type="button"
            aria-label={t('menu')}
            className="flex h-8 items-center gap-1.5 rounded-md px-1.5 hover:bg-muted"
          >
            <Logo />
            {!compact && <span className="text-[13.5px] font-semibold tracking-tight">Latent Loom</span>}
            <MenuIcon size={14} className="text-muted-foreground" />
          </button>
        }
        entries={commandGroups.map((group) => ({
          key: group,
          label: tg(group),
          entries: commands.filter((found) => found.group === group).map(({ id }) => entry(id)),
        }))}
      />
      {!compact && (
        <>
          <span className="mx-1 h-5 w-px bg-border" />
          <IconButton
            label={undoLabel === undefined ? t('undo') : t('undo-step', { step: sayEdit(undoLabel) })}
            hotkey={shownKey('undo')}
            disabled={undoLabel === undefined}
            onClick={() => perform('undo')}
          >
            <Undo size={16} />
          </IconButton>
          <IconButton
            label={redoLabel === undefined ? t('redo') : t('redo-step', { step: sayEdit(redoLabel) })}
            hotkey={shownKey('redo')}
            disabled={redoLabel === undefined}
            onClick={() => perform('redo')}
          >
            <Redo size={16} />
          </IconButton>
          <span className="mx-1 h-5 w-px bg-border" />
        </>
      )}
      {compact ? <TabPicker /> : <Tabs />}
      <span className="min-w-2 flex-1" />
      {!compact && (
        <>
          <Button look="ghost" onClick={() => perform('templates')} className="max-lg:hidden">
            <LayoutTemplate size={15} />
            {t('templates')}
          </Button>
          <IconButton label={t('commands')} hotkey={shownKey('commands')} onClick={() => perform('commands')}>
            <CommandIcon size={16} />
          </IconButton>
          <IconButton label={t('share')} hotkey={shownKey('share')} onClick={() => perform('share')}>
            <Share2 size={16} />
          </IconButton>
        </>
      )}
      <BackendBadge compact={compact} />
      <RunButtons compact={compact} />
    </header>
  );
}

function Tabs() {
  const t = useTranslations('bar');
  const tabs = useWorkspace((state) => state.tabs);
  const active = useWorkspace((state) => state.active);
  return (
    <div className="flex min-w-0 items-center gap-0.5">
      <div
        role="tablist"
        aria-label={t('documents')}
        className="flex min-w-0 items-center gap-0.5 overflow-x-auto"
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
  const saved = useStore(keeping, (state) => state.states[id]?.state);
  const running = useRun((state) => state.current?.tab === id);
  return (
    <div
      className={clsx(
        'group flex h-8 max-w-48 shrink-0 items-center gap-1.5 rounded-md pr-1 pl-2.5 text-[12.5px]',
        chosen ? 'bg-accent font-medium text-accent-foreground' : 'text-muted-foreground hover:bg-muted',
      )}
    >
      <button
        type="button"
        role="tab"
        aria-selected={chosen}
        onClick={() => activate(id)}
        title={title}
        className="flex min-w-0 items-center gap-1.5"
      >
        {running && <span className="size-1.5 shrink-0 animate-pulse rounded-full bg-primary" />}
        <span className="truncate">{title}</span>
        {saved === 'failed' && (
          <span role="img" aria-label={t('not-saved')} title={t('not-saved')} className="text-destructive">
            ●
          </span>
        )}
      </button>
      <button
        type="button"
        aria-label={t('close', { title })}
        onClick={() => closeTab(id)}
        className="flex size-5 items-center justify-center rounded opacity-0 group-hover:opacity-100 hover:bg-foreground/10 focus-visible:opacity-100"
      >
        <X size={12} />
      </button>
    </div>
  );
}

function TabPicker() {
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

function RunButtons({ compact }: { readonly compact: boolean }) {
  const t = useTranslations('bar');
  const format = useFormat();
  const running = useRun((state) => state.current !== null);
  const cancelling = useRun((state) => state.current?.cancelling === true);
  const queued = useRun((state) => state.queue.length);
  const last = useRun((state) => state.last);
  const many = (times: number) => ({
    key: String(times),
    label: t('run-many', { count: times }),
    perform: () => perform('run-many', { times }),
  });
  return (
    <div className="flex shrink-0 items-center gap-1">
      <span role="status" className="sr-only">
        {running
          ? t('running')
          : last === null
            ? ''
            : t(`outcome-${last.outcome}`, { time: format.duration(last.ms) })}
      </span>
      {(running || queued > 0) && (
        <Tip text={t('cancel')} hotkey={shownKey('cancel')}>
          <Button look="outline" disabled={cancelling} onClick={() => perform('cancel')}>
            <Square size={13} className="fill-current" />
            {cancelling ? t('cancelling') : t('cancel')}
          </Button>
        </Tip>
      )}
      <div className="flex">
        <Tip text={running ? t('queue') : t('run-tip')} hotkey={shownKey('run')}>
          <Button
            look="primary"
            className={compact ? '' : 'rounded-r-none pr-2.5'}
            onClick={() => perform('run')}
          >
            <Play size={14} className="fill-current" />
            {running ? t('queue') : t('run')}
            {queued > 0 && (
              <span className="rounded-full bg-primary-foreground/20 px-1.5 text-[11px] tabular-nums">
                +{queued}
              </span>
            )}
          </Button>
        </Tip>
        {!compact && (
          <DropMenu
            align="end"
            trigger={
              <button
                type="button"
                aria-label={t('run-more')}
                className="flex h-8 w-6 items-center justify-center rounded-r-md border-l border-primary-foreground/25 bg-primary text-primary-foreground hover:brightness-110"
              >
                <ChevronDown size={14} />
              </button>
            }
            entries={[many(2), many(4), many(8), 'separator', ...runEntries(t)]}
          />
        )}
      </div>
    </div>
  );
}
function runEntries(t: ReturnType<typeof useTranslations<'bar'>>) {
  return [
    { key: 'seed', label: t('new-seed'), hotkey: shownKey('new-seed'), perform: () => perform('new-seed') },
    { key: 'here', label: t('run-here'), hotkey: shownKey('run-here'), perform: () => perform('run-here') },
  ];
}
