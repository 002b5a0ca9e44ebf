/** Opening the panels of the dock. */
import { prefer, preferences, type Preferences } from '../_state/preferences';
import { view } from '../_state/view';

/** Shows a panel; hides it where it is shown. */
export const toggleDock = (name: Preferences['dock']): void =>
  prefer({ dock: preferences.getState().dock === name ? 'none' : name });

/** Opens the documentation of a node type. */
export function showDocs(node: string): void {
  view.setState({ docs: node });
  prefer({ dock: 'docs' });
}
