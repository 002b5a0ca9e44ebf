/**
 * Every command once: from this come menus, the command palette, hotkeys and
 * tooltips. Labels are in the catalogue under `commands`.
 */
import {
  AlignHorizontalDistributeCenter,
  BookOpen,
  Cable,
  ClipboardPaste,
  Command as CommandIcon,
  Copy,
  CopyPlus,
  EyeOff,
  FilePlus2,
  FolderOpen,
  Frame,
  Hand,
  History,
  Keyboard,
  LayoutTemplate,
  ListTree,
  Map as MapIcon,
  Maximize,
  Microscope,
  MousePointer2,
  Moon,
  Languages,
  Play,
  PlayCircle,
  Plus,
  Redo,
  Redo2,
  Save,
  Scissors,
  Search,
  Share2,
  Square,
  StickyNote,
  TriangleAlert,
  Trash2,
  Undo,
  Unlink,
  X,
  ZoomIn,
  ZoomOut,
  ChevronsDownUp,
  Images,
  PanelLeft,
  Settings,
  ChartSpline,
  Magnet,
  Dices,
  ListX,
  type LucideIcon,
} from 'lucide-react';

export const commandGroups = ['file', 'edit', 'node', 'view', 'run', 'help'] as const;
export type CommandGroup = (typeof commandGroups)[number];

interface Entry {
  readonly group: CommandGroup;
  readonly icon: LucideIcon;
  /** tinykeys bindings; the first is shown. */
  readonly keys?: readonly string[];
}

const table = {
  new: { group: 'file', icon: FilePlus2, keys: ['Alt+n'] },
  templates: { group: 'file', icon: LayoutTemplate, keys: ['Alt+t'] },
  open: { group: 'file', icon: FolderOpen, keys: ['$mod+o'] },
  save: { group: 'file', icon: Save, keys: ['$mod+s'] },
  'save-as': { group: 'file', icon: Save, keys: ['$mod+Shift+s'] },
  share: { group: 'file', icon: Share2, keys: ['Alt+s'] },
  versions: { group: 'file', icon: History },
  close: { group: 'file', icon: X, keys: ['Alt+w'] },

  undo: { group: 'edit', icon: Undo, keys: ['$mod+z'] },
  redo: { group: 'edit', icon: Redo, keys: ['$mod+Shift+z', '$mod+y'] },
  cut: { group: 'edit', icon: Scissors },
  copy: { group: 'edit', icon: Copy },
  paste: { group: 'edit', icon: ClipboardPaste },
  'paste-wired': { group: 'edit', icon: ClipboardPaste, keys: ['$mod+Shift+v'] },
  duplicate: { group: 'edit', icon: CopyPlus, keys: ['$mod+d'] },
  'duplicate-wired': { group: 'edit', icon: CopyPlus, keys: ['$mod+Shift+d'] },
  delete: { group: 'edit', icon: Trash2, keys: ['Delete', 'Backspace'] },
  'delete-reconnect': { group: 'edit', icon: Unlink, keys: ['Shift+Delete', 'Shift+Backspace'] },
  'select-all': { group: 'edit', icon: MousePointer2, keys: ['$mod+a'] },
  find: { group: 'edit', icon: Search, keys: ['$mod+f'] },

  add: { group: 'node', icon: Plus, keys: ['Tab', 'Shift+a'] },
  wire: { group: 'node', icon: Cable, keys: ['w'] },
  bypass: { group: 'node', icon: Redo2, keys: ['$mod+b'] },
  mute: { group: 'node', icon: EyeOff, keys: ['$mod+m', 'm'] },
  collapse: { group: 'node', icon: ChevronsDownUp, keys: ['Alt+c'] },
  frame: { group: 'node', icon: Frame, keys: ['$mod+g'] },
  note: { group: 'node', icon: StickyNote, keys: ['n'] },
  layout: { group: 'node', icon: AlignHorizontalDistributeCenter, keys: ['Shift+l'] },
  docs: { group: 'node', icon: BookOpen, keys: ['F1'] },

  fit: { group: 'view', icon: Maximize, keys: ['.', 'Shift+1'] },
  'fit-selection': { group: 'view', icon: Maximize, keys: ['Shift+2'] },
  'zoom-in': { group: 'view', icon: ZoomIn, keys: ['+', 'Shift++'] },
  'zoom-out': { group: 'view', icon: ZoomOut, keys: ['-'] },
  hand: { group: 'view', icon: Hand, keys: ['h'] },
  'select-tool': { group: 'view', icon: MousePointer2, keys: ['v'] },
  snap: { group: 'view', icon: Magnet },
  minimap: { group: 'view', icon: MapIcon, keys: ['Alt+m'] },
  library: { group: 'view', icon: PanelLeft, keys: ['Alt+1'] },
  inspect: { group: 'view', icon: Microscope, keys: ['Alt+2', 'i'] },
  trajectory: { group: 'view', icon: ChartSpline, keys: ['Alt+3'] },
  problems: { group: 'view', icon: TriangleAlert, keys: ['Alt+4'] },
  list: { group: 'view', icon: ListTree, keys: ['Alt+5'] },
  results: { group: 'view', icon: Images, keys: ['Alt+6'] },
  theme: { group: 'view', icon: Moon, keys: ['Alt+d'] },
  language: { group: 'view', icon: Languages },
  settings: { group: 'view', icon: Settings, keys: ['$mod+,'] },

  run: { group: 'run', icon: Play, keys: ['$mod+Enter'] },
  'run-here': { group: 'run', icon: PlayCircle, keys: ['Shift+Enter'] },
  'run-many': { group: 'run', icon: Images },
  'new-seed': { group: 'run', icon: Dices, keys: ['Shift+s'] },
  cancel: { group: 'run', icon: Square, keys: ['$mod+Alt+Enter', '$mod+.'] },
  'clear-results': { group: 'run', icon: ListX },

  commands: { group: 'help', icon: CommandIcon, keys: ['$mod+k', '$mod+Shift+p'] },
  hotkeys: { group: 'help', icon: Keyboard, keys: ['Shift+?'] },
  about: { group: 'help', icon: BookOpen },
} as const satisfies Record<string, Entry>;

export type CommandId = keyof typeof table;

export interface Command extends Entry {
  readonly id: CommandId;
}
const isId = (id: string): id is CommandId => id in table;
export const commands: readonly Command[] = Object.keys(table)
  .filter(isId)
  .map((id) => ({ id, ...table[id] }));

export const command = (id: CommandId): Command => ({ id, ...table[id] });
/** The binding that menus and tooltips show. Clipboard commands come as browser events, not as keys. */
export function shownKey(id: CommandId): string | undefined {
  const clipboard: Partial<Record<CommandId, string>> = { cut: '$mod+x', copy: '$mod+c', paste: '$mod+v' };
  return command(id).keys?.[0] ?? clipboard[id];
}
