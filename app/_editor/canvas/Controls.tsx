'use client';
import { Hand, Maximize, Minus, MousePointer2, PanelLeft, Plus } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useStore } from 'zustand';
import { shownKey, type CommandId, perform } from '../../_actions/commands';
import { preferences } from '../../_state/preferences';
import { IconButton } from '../../_ui/Button';

/** The small bar on the canvas: tools, zoom, fit. */
export function Controls({ touch }: { readonly touch: boolean }) {
  const t = useTranslations('commands');
  const tc = useTranslations('canvas');
  const tool = useStore(preferences, (state) => state.tool);
  const library = useStore(preferences, (state) => state.library);
  const button = (id: CommandId, Icon: typeof Hand, pressed?: boolean) => (
    <IconButton
      small
      side="top"
      label={t(id)}
      hotkey={shownKey(id)}
      onClick={() => perform(id)}
      {...(pressed === undefined ? {} : { pressed })}
      className="!size-7"
    >
      <Icon size={15} />
    </IconButton>
  );
  return (
    <div
      role="toolbar"
      aria-label={tc('zoom-bar')}
      className="absolute bottom-3 left-3 z-10 flex items-center gap-0.5 rounded-lg border border-border bg-card p-1 shadow-node"
    >
      {!touch && (
        <>
          {!library && button('library', PanelLeft)}
          {button('hand', Hand, tool === 'hand')}
          {button('select-tool', MousePointer2, tool === 'select')}
          <span className="mx-0.5 h-4 w-px bg-border" />
        </>
      )}
      {button('zoom-out', Minus)}
      {button('fit', Maximize)}
      {button('zoom-in', Plus)}
    </div>
  );
}
