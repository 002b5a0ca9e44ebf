import type { Tool } from './PaintSurface';

export type ToolName = Tool | 'erase';
/** The key of each tool. */
export const toolKeys: Readonly<Record<string, ToolName>> = {
  b: 'brush',
  e: 'erase',
  f: 'fill',
  r: 'rectangle',
};
