'use client';
import { useTranslations } from 'use-intl';
import { commandGroups, commands, shownKey } from '../../_actions/commands';
import { view } from '../../_state/view';
import { Keys } from '../../_ui/Keys';
import { Modal } from '../../_ui/Modal';

/** Every hotkey, by group, and what the mouse does. */
export function HotkeyDialog() {
  const t = useTranslations('commands');
  const tg = useTranslations('groups');
  const td = useTranslations('dialogs');
  const gestures = [
    'double-click',
    'drag-wire',
    'drop-on-wire',
    'pull-off',
    'shift-drag',
    'space-drag',
    'click-wire',
  ] as const;
  return (
    <Modal
      open
      onOpenChange={(open) => !open && view.setState({ dialog: null })}
      title={td('hotkeys')}
      closeLabel={td('close')}
      wide
    >
      <div className="columns-1 gap-8 sm:columns-2">
        {commandGroups.map((group) => (
          <section key={group} className="mb-5 break-inside-avoid">
            <h3 className="mb-1.5 text-xs font-semibold text-muted-foreground">{tg(group)}</h3>
            <dl className="space-y-1">
              {commands
                .filter((found) => found.group === group && shownKey(found.id) !== undefined)
                .map(({ id }) => (
                  <div key={id} className="flex items-center justify-between gap-3 text-[12.5px]">
                    <dt>{t(id)}</dt>
                    <dd>
                      <Keys hotkey={shownKey(id) ?? ''} />
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
        <section className="mb-5 break-inside-avoid">
          <h3 className="mb-1.5 text-xs font-semibold text-muted-foreground">{td('mouse')}</h3>
          <ul className="space-y-1 text-[12.5px]">
            {gestures.map((gesture) => (
              <li key={gesture}>{td(`gesture-${gesture}`)}</li>
            ))}
          </ul>
        </section>
      </div>
    </Modal>
  );
}
