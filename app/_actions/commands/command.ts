/** What a command is. Each stands whole in the file of its group; its label is in the catalogue under `commands.<id>`. */
import type { LucideIcon } from 'lucide-react';
import { selectedNodes, view, type DialogName } from '../../_state/view';
import { activeTab, workspace } from '../../_state/workspace';

export const commandGroups = ['file', 'edit', 'node', 'view', 'run', 'help'] as const;
export type CommandGroup = (typeof commandGroups)[number];

/** What a command is about. */
export interface Target {
  /** Nodes; the selection when left out. */
  readonly nodes?: readonly string[];
  readonly times?: number;
}

/**
 * One command: menus, the command palette, hotkeys and tooltips all come from this object.
 *
 * @example
 * { id: 'note', icon: StickyNote, keys: ['n'], enabled: writable, perform: addNoteHere }
 */
export interface CommandDefinition<Id extends string = string> {
  readonly id: Id;
  readonly icon: LucideIcon;
  /** tinykeys bindings; the first is shown. */
  readonly keys?: readonly string[];
  /** Shown as its key where the browser sends an event of its own (copy, cut, paste) and nothing is bound. */
  readonly browserKey?: string;
  /** Drawn in the colour of what destroys. */
  readonly danger?: boolean;
  /** Whether it can be done now; always when left out. */
  readonly enabled?: (target: Target) => boolean;
  /** Whether a switch is on; only switches have it. */
  readonly checked?: () => boolean;
  readonly perform: (target: Target) => void | Promise<void>;
}

/** The commands of one group, with the type of each id kept. */
export const inGroup = <const Id extends string>(
  group: CommandGroup,
  definitions: readonly CommandDefinition<Id>[],
): readonly (CommandDefinition<Id> & { readonly group: CommandGroup })[] =>
  definitions.map((definition) => ({ ...definition, group }));

export const hasDocument = (): boolean => Object.keys(workspace.getState().document.nodes).length > 0;
export const writable = (): boolean => !activeTab().readOnly;
/** The nodes a command is about. */
export const chosen = (target: Target): readonly string[] => target.nodes ?? selectedNodes();
/** The same with groups and notes. */
export const chosenItems = (target: Target): readonly string[] =>
  target.nodes ?? [...view.getState().selection];
export const hasNodes = (target: Target): boolean => chosen(target).length > 0;
export const canChangeNodes = (target: Target): boolean => writable() && hasNodes(target);
export const openDialog = (name: DialogName) => (): void => view.setState({ dialog: name });
