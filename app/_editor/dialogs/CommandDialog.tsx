'use client';
/** The command palette: every command, its hotkey; what cannot be done now is dimmed. */
import { Command } from 'cmdk';
import { useTranslations } from 'use-intl';
import { commandGroups, commands, shownKey, enabled, perform } from '../../_actions/commands';
import { view } from '../../_state/view';
import { Keys } from '../../_ui/Keys';
import { match } from '../library/search';
import { SearchDialog, itemStyle, groupStyle } from './SearchDialog';

export function CommandDialog() {
  const t = useTranslations('commands');
  const tg = useTranslations('groups');
  const td = useTranslations('dialogs');
  return (
    <SearchDialog
      title={td('commands')}
      placeholder={td('commands-placeholder')}
      filter={(value, query) => match(query, value)}
    >
      {commandGroups.map((group) => (
        <Command.Group key={group} heading={tg(group)} className={groupStyle}>
          {commands
            .filter((found) => found.group === group && found.id !== 'commands')
            .map(({ id, icon: Icon }) => {
              return (
                <Command.Item
                  key={id}
                  value={`${t(id)} ${id}`}
                  disabled={!enabled(id)}
                  className={itemStyle}
                  onSelect={() => {
                    view.setState({ dialog: null });
                    perform(id);
                  }}
                >
                  <Icon size={15} className="shrink-0 text-muted-foreground" />
                  <span className="flex-1">{t(id)}</span>
                  {shownKey(id) !== undefined && <Keys hotkey={shownKey(id) ?? ''} />}
                </Command.Item>
              );
            })}
        </Command.Group>
      ))}
    </SearchDialog>
  );
}
