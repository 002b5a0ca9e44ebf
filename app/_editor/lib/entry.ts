'use client';
import { useTranslations } from 'use-intl';
import { shownKey, type CommandId } from '../../_actions/commands';
import { checked, enabled, perform } from '../../_actions/perform';
import { late } from '../../_ui/late';
import type { MenuEntry } from '../../_ui/menu';

/** Come with the menus, at the first touch of the page. */
const icons = late(() => import('../../_actions/command-icons').then((module) => module.commandIcons));

/** A command as a menu entry. */
export function useEntry(): (id: CommandId) => MenuEntry {
  const t = useTranslations('commands');
  const iconOf = icons.use();
  return (id) => ({
    key: id,
    label: t(id),
    icon: iconOf?.[id],
    hotkey: shownKey(id),
    disabled: !enabled(id),
    checked: checked(id),
    danger: id === 'delete',
    perform: () => perform(id),
  });
}
