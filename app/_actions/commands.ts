/**
 * Every command once: from this come menus, the command palette, hotkeys and
 * tooltips. Labels are in the catalogue under `commands`, icons in `command-icons.ts`,
 * which comes with what shows them.
 */
export const commandGroups = ['file', 'edit', 'node', 'view', 'run', 'help'] as const;
export type CommandGroup = (typeof commandGroups)[number];

interface Entry {
  readonly group: CommandGroup;
  /** tinykeys bindings; the first is shown. */
  readonly keys?: readonly string[];
}

const table = {
  new: { group: 'file', keys: ['Alt+n'] },
  templates: { group: 'file', keys: ['Alt+t'] },
  open: { group: 'file', keys: ['$mod+o'] },
  save: { group: 'file', keys: ['$mod+s'] },
  'save-as': { group: 'file', keys: ['$mod+Shift+s'] },
  'export-comfy': { group: 'file' },
  'export-comfy-api': { group: 'file' },
  'import-report': { group: 'file' },
  share: { group: 'file', keys: ['Alt+s'] },
  versions: { group: 'file' },
  close: { group: 'file', keys: ['Alt+w'] },

  undo: { group: 'edit', keys: ['$mod+z'] },
  redo: { group: 'edit', keys: ['$mod+Shift+z', '$mod+y'] },
  cut: { group: 'edit' },
  copy: { group: 'edit' },
  paste: { group: 'edit' },
  'paste-wired': { group: 'edit', keys: ['$mod+Shift+v'] },
  duplicate: { group: 'edit', keys: ['$mod+d'] },
  'duplicate-wired': { group: 'edit', keys: ['$mod+Shift+d'] },
  delete: { group: 'edit', keys: ['Delete', 'Backspace'] },
  'delete-reconnect': { group: 'edit', keys: ['Shift+Delete', 'Shift+Backspace'] },
  'select-all': { group: 'edit', keys: ['$mod+a'] },
  find: { group: 'edit', keys: ['$mod+f'] },

  add: { group: 'node', keys: ['Tab', 'Shift+a'] },
  connect: { group: 'node', keys: ['w'] },
  bypass: { group: 'node', keys: ['$mod+b'] },
  mute: { group: 'node', keys: ['$mod+m', 'm'] },
  collapse: { group: 'node', keys: ['Alt+c'] },
  group: { group: 'node', keys: ['$mod+g'] },
  note: { group: 'node', keys: ['n'] },
  layout: { group: 'node', keys: ['Shift+l'] },
  docs: { group: 'node', keys: ['F1'] },

  fit: { group: 'view', keys: ['.', 'Shift+1'] },
  'fit-selection': { group: 'view', keys: ['Shift+2'] },
  'zoom-in': { group: 'view', keys: ['+', 'Shift++'] },
  'zoom-out': { group: 'view', keys: ['-'] },
  hand: { group: 'view', keys: ['h'] },
  'select-tool': { group: 'view', keys: ['v'] },
  snap: { group: 'view' },
  minimap: { group: 'view', keys: ['Alt+m'] },
  library: { group: 'view', keys: ['Alt+1'] },
  inspect: { group: 'view', keys: ['Alt+2', 'i'] },
  trajectory: { group: 'view', keys: ['Alt+3'] },
  problems: { group: 'view', keys: ['Alt+4'] },
  list: { group: 'view', keys: ['Alt+5'] },
  results: { group: 'view', keys: ['Alt+6'] },
  theme: { group: 'view', keys: ['Alt+d'] },
  language: { group: 'view' },
  settings: { group: 'view', keys: ['$mod+,'] },

  run: { group: 'run', keys: ['$mod+Enter'] },
  'run-here': { group: 'run', keys: ['Shift+Enter'] },
  'run-many': { group: 'run' },
  'new-seed': { group: 'run', keys: ['Shift+s'] },
  cancel: { group: 'run', keys: ['$mod+Alt+Enter', '$mod+.'] },
  'clear-results': { group: 'run' },

  commands: { group: 'help', keys: ['$mod+k', '$mod+Shift+p'] },
  hotkeys: { group: 'help', keys: ['Shift+?'] },
  about: { group: 'help' },
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
