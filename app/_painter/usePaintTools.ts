import { useState, type KeyboardEvent } from 'react';
import { toolKeys, type ToolName } from './tool-keys';
import type { PaintingControl } from './usePainting';

export interface PaintToolState {
  readonly tools: readonly ToolName[];
  readonly tool: ToolName;
  readonly setTool: (tool: ToolName) => void;
  /** Diameter of the brush in pixels of the painting. */
  readonly brush: number;
  readonly setBrush: (size: number) => void;
  /** Handles the keys that both painters know. Returns whether it took the key. */
  readonly onKey: (event: KeyboardEvent) => boolean;
}

/** The tool in use, and the keys that change it or take strokes back. `own` gets the keys that are left, without Ctrl or Alt. */
export function usePaintTools(
  tools: readonly ToolName[],
  control: PaintingControl,
  start: number,
  own: (key: string) => boolean,
): PaintToolState {
  const [tool, setTool] = useState<ToolName>('brush');
  const [brush, setBrush] = useState(start);
  const onKey = (event: KeyboardEvent): boolean => {
    const mod = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    const named = toolKeys[key];
    if (mod && key === 'z') (event.shiftKey ? control.redo : control.undo)();
    else if (mod && key === 'y') control.redo();
    else if (mod || event.altKey) return false;
    else if (key === '[') setBrush((now) => Math.max(1, now - (now > 16 ? 4 : 1)));
    else if (key === ']') setBrush((now) => Math.min(96, now + (now >= 16 ? 4 : 1)));
    else if (named !== undefined && tools.includes(named)) setTool(named);
    else return own(key);
    return true;
  };
  return { tools, tool, setTool, brush, setBrush, onKey };
}
