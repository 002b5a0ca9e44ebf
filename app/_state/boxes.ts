/** What stands where on the canvas. */
import { itemOf, type Box } from './edits';
import { gesture } from './view';
import { workspace } from './workspace';

/** What an item (a node, `group:…` or `note:…`) covers, in canvas units; undefined when it is gone. */
export function boxOf(id: string): Box | undefined {
  const { document } = workspace.getState();
  const item = itemOf(document, id);
  if (item === undefined) return undefined;
  const measured = gesture.getState().measured.get(id);
  return {
    x: item.position.x,
    y: item.position.y,
    width: measured?.width ?? item.size?.width ?? 240,
    height: measured?.height ?? item.size?.height ?? 120,
  };
}
