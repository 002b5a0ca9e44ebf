'use client';
import { useTranslations } from 'use-intl';
import { command, shownKey, type CommandId } from '../_actions/commands';
import { checked, enabled, perform } from '../_actions/perform';
import type { MenuEntry } from '../_ui/menu';

/** A command as a menu entry. */
export function useEntry(): (id: CommandId) => MenuEntry {
  const t = useTranslations('commands');
  return (id) => {
    const { icon } = command(id);
    return {
      key: id,
      label: t(id),
      icon,
      hotkey: shownKey(id),
      disabled: !enabled(id),
      checked: checked(id),
      danger: id === 'delete',
      perform: () => perform(id),
    };
  };
}
