/** Places: one ComfyUI node may become several of ours, which need room of their own. */

/** What one column of our nodes takes, with its gap. */
export const columnWidth = 340;
/** What one node takes downwards in a column of parts. */
export const partHeight = 300;

/**
 * Makes room: everything at or right of an inserted column moves right by it. Columns asked for within
 * `columnWidth` of each other share one.
 * @param columns where (x) a column is needed left of what stands there
 * @returns the new x of an old x
 */
export function makeRoom(columns: readonly number[]): (x: number) => number {
  const steps: number[] = [];
  for (const x of columns.toSorted((a, b) => a - b)) {
    const last = steps.at(-1);
    if (last === undefined || x - last > columnWidth) steps.push(x);
  }
  return (x) => {
    let shift = 0;
    for (const step of steps) if (step <= x) shift += columnWidth;
    return x + shift;
  };
}

/**
 * Columns by longest path from the sources, for files that have no places (prompts).
 * @param ids in the order of the file
 * @param before which nodes feed a node
 */
export function layered(
  ids: readonly string[],
  before: (id: string) => readonly string[],
): ReadonlyMap<string, readonly [number, number]> {
  const depth = new Map<string, number>();
  // Depth first without recursion; an edge back into the path (a cycle) is left out.
  const open = new Set<string>();
  for (const root of ids) {
    const stack: string[] = [root];
    while (stack.length > 0) {
      const id = stack.at(-1) ?? '';
      if (depth.has(id)) {
        stack.pop();
        continue;
      }
      const waiting = open.has(id) ? [] : before(id).filter((other) => !depth.has(other) && !open.has(other));
      open.add(id);
      if (waiting.length > 0) {
        stack.push(...waiting);
        continue;
      }
      const inputs = before(id).map((other) => depth.get(other) ?? -1);
      depth.set(
        id,
        inputs.reduce((most, value) => Math.max(most, value + 1), 0),
      );
      stack.pop();
    }
  }
  const filled = new Map<number, number>();
  return new Map(
    ids.map((id) => {
      const column = depth.get(id) ?? 0;
      const row = filled.get(column) ?? 0;
      filled.set(column, row + 1);
      return [id, [column * columnWidth, row * partHeight] as const];
    }),
  );
}
