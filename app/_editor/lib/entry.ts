'use client';
import { useTranslations } from 'use-intl';
import { checked, command, enabled, perform, shownKey, type CommandId } from '../../_actions/commands';
import type { MenuEntry } from '../../_ui/menu';

/** A command as a menu entry. */
export function useEntry(): (id: CommandId) => MenuEntry {
  const t = useTranslations('commands');
  return (id) => ({
    key: id,
    label: t(id),
    icon: command(id).icon,
    hotkey: shownKey(id),
    disabled: !enabled(id),
    checked: checked(id),
    danger: command(id).danger ?? false,
    perform: () => perform(id),
  });
}
