'use client';
import { LayoutTemplate, Menu as MenuIcon, Redo, Share2, Undo, Command as CommandIcon } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { commandGroups, commands, shownKey, perform } from '../../_actions/commands';
import { editLabel } from '../../_i18n/translate';
import { useWorkspace } from '../../_state/workspace';
import { Button, IconButton } from '../../_ui/Button';
import { DropMenu } from '../../_ui/DropMenu';
import { BackendBadge } from './BackendBadge';
import { useEntry } from '../lib/entry';
import { Logo } from './Logo';
import { RunButtons } from './RunButtons';
import { TabPicker, Tabs } from './Tabs';

export function TopBar({ compact }: { readonly compact: boolean }) {
  const t = useTranslations('bar');
  const tg = useTranslations('groups');
  const entry = useEntry();
  const undoLabel = useWorkspace((state) => state.undoLabel);
  const redoLabel = useWorkspace((state) => state.redoLabel);
  const title = useWorkspace((state) => state.document.meta.title);
  return (
    <header className="relative z-30 flex h-12 shrink-0 items-center gap-1 border-b border-border bg-card px-2">
      <h1 className="sr-only">{title ?? 'Latent Loom'}</h1>
      <DropMenu
        trigger={
          <button
            type="button"
            aria-label={t('menu')}
            className="flex h-8 shrink-0 items-center gap-1.5 rounded-md px-1.5 whitespace-nowrap hover:bg-muted"
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
            label={undoLabel === undefined ? t('undo') : t('undo-step', { step: editLabel(undoLabel) })}
            hotkey={shownKey('undo')}
            disabled={undoLabel === undefined}
            onClick={() => perform('undo')}
          >
            <Undo size={16} />
          </IconButton>
          <IconButton
            label={redoLabel === undefined ? t('redo') : t('redo-step', { step: editLabel(redoLabel) })}
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
          <Button variant="ghost" onClick={() => perform('templates')} className="max-lg:hidden">
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
