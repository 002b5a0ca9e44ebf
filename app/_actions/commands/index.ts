/** The registry of commands: from it come menus, the command palette, hotkeys and tooltips. */
import { toLoomError } from '@/engine';
import { translate } from '../../_i18n/translate';
import { notify } from '../../_ui/notify';
import type { CommandDefinition, CommandGroup, Target } from './command';
import { editCommands } from './edit';
import { fileCommands } from './file';
import { helpCommands } from './help';
import { nodeCommands } from './node';
import { runCommands } from './run';
import { viewCommands } from './view';

export { commandGroups, type CommandGroup, type Target } from './command';

const all = [
  ...fileCommands,
  ...editCommands,
  ...nodeCommands,
  ...viewCommands,
  ...runCommands,
  ...helpCommands,
];
export type CommandId = (typeof all)[number]['id'];
export interface Command extends CommandDefinition<CommandId> {
  readonly group: CommandGroup;
}

/** Every command, in the order of menus. */
export const commands: readonly Command[] = all;
const byId = new Map(commands.map((each) => [each.id, each]));

/** The command with this id. */
export function command(id: CommandId): Command {
  const found = byId.get(id);
  if (found === undefined) throw new Error(`No command “${id}”`);
  return found;
}

/** The binding that menus and tooltips show. */
export const shownKey = (id: CommandId): string | undefined =>
  command(id).keys?.[0] ?? command(id).browserKey;
/** Whether a command can be done now. */
export const enabled = (id: CommandId, target: Target = {}): boolean => command(id).enabled?.(target) ?? true;
/** Whether a switch is on; undefined for commands that are none. */
export const checked = (id: CommandId): boolean | undefined => command(id).checked?.();

/** Does a command. Failures become a notice; the document is never left half-changed. */
export function perform(id: CommandId, target: Target = {}): void {
  if (!enabled(id, target)) return;
  Promise.resolve()
    .then(() => command(id).perform(target))
    .catch((thrown: unknown) => {
      const error = toLoomError(thrown);
      if (error.code !== 'cancelled')
        notify.error(translate(`errors.${error.code}`), { description: error.message });
    });
}
