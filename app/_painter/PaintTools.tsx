'use client';
/** Buttons that both painters share: tools, brush size, undo and redo. */
import { Brush, Eraser, PaintBucket, RectangleHorizontal, Redo2, Undo2 } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { IconButton } from '../_ui/Button';
import type { PaintToolState } from './usePaintTools';
import type { PaintingControl } from './usePainting';

const icons = { brush: Brush, erase: Eraser, fill: PaintBucket, rectangle: RectangleHorizontal };

export function PaintTools({
  state: { tools, tool, setTool, brush, setBrush },
  control,
  children,
}: {
  readonly state: PaintToolState;
  readonly control: PaintingControl;
  /** Further buttons at the end. */
  readonly children?: ReactNode;
}) {
  const t = useTranslations('painter');
  const sizeId = useId();
  return (
    <div
      className="nodrag flex flex-wrap items-center gap-x-1 gap-y-1.5"
      role="toolbar"
      aria-label={t('tools')}
    >
      {tools.map((name) => {
        const Icon = icons[name];
        return (
          <IconButton
            key={name}
            small
            label={t(`tool.${name}`)}
            hotkey={`Key${name === 'rectangle' ? 'R' : name[0]?.toUpperCase()}`}
            pressed={tool === name}
            onClick={() => setTool(name)}
          >
            <Icon size={15} />
          </IconButton>
        );
      })}
      <span className="mx-1 h-4 w-px bg-border" aria-hidden />
      <IconButton
        small
        label={t('undo')}
        hotkey="$mod+KeyZ"
        disabled={!control.canUndo}
        onClick={control.undo}
      >
        <Undo2 size={15} />
      </IconButton>
      <IconButton
        small
        label={t('redo')}
        hotkey="$mod+Shift+KeyZ"
        disabled={!control.canRedo}
        onClick={control.redo}
      >
        <Redo2 size={15} />
      </IconButton>
      {children}
      <div className="flex max-w-72 min-w-28 flex-1 items-center gap-2 text-xs text-muted-foreground">
        <label htmlFor={sizeId} className="whitespace-nowrap">
          {t('size')}
        </label>
        <input
          id={sizeId}
          type="range"
          min={1}
          max={96}
          value={brush}
          onChange={(event) => setBrush(event.target.valueAsNumber)}
          className="h-4 min-w-0 flex-1 accent-primary"
        />
        <output htmlFor={sizeId} className="w-6 text-right tabular-nums">
          {brush}
        </output>
      </div>
    </div>
  );
}
