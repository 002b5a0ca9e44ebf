/** What is drawn again: counted from React's own commits, in the built editor. */
import { z } from 'zod';
import { expect, test, type Editor } from './editor';

/**
 * Stands in for React's developer tools and counts, for each node of the canvas, how often its component ran. A fiber
 * that React only passed by is the same object as in the commit before, or carries no PerformedWork flag (1).
 */
const countRenders = `(() => {
  const counts = (globalThis.renderCounts = {});
  const last = new Map();
  const isNode = ({ memoizedProps: props, type }) =>
    props !== null && typeof props === 'object' && 'positionAbsoluteX' in props && typeof type !== 'string';
  const walk = (fiber) => {
    for (; fiber !== null; fiber = fiber.sibling) {
      if (isNode(fiber)) {
        const { id } = fiber.memoizedProps;
        // A memo with a comparison of its own has the component in a fiber of its own below.
        let inner = fiber;
        while (inner.child !== null && isNode(inner.child)) inner = inner.child;
        const before = last.get(id);
        last.set(id, inner);
        if (before !== inner && (inner.flags & 1) !== 0) counts[id] = (counts[id] ?? 0) + 1;
      } else walk(fiber.child);
    }
  };
  globalThis.__REACT_DEVTOOLS_GLOBAL_HOOK__ = {
    supportsFiber: true,
    renderers: new Map(),
    inject: () => 1,
    onCommitFiberRoot: (_, root) => walk(root.current.child),
    onCommitFiberUnmount() {},
    onPostCommitFiberRoot() {},
  };
})()`;

/** How often each node ran during a gesture; nodes that did not are left out. */
async function rendersOf(editor: Editor, gesture: () => Promise<void>): Promise<Record<string, number>> {
  await editor.page.waitForTimeout(400);
  await editor.page.evaluate('for (const id of Object.keys(renderCounts)) delete renderCounts[id]');
  await gesture();
  await editor.page.waitForTimeout(400);
  return z.record(z.string(), z.number()).parse(await editor.page.evaluate('renderCounts'));
}

test('nodes that did not change are not drawn again', async ({ page, editor }) => {
  await page.addInitScript(countRenders);
  await editor.open();
  const all = Object.keys((await editor.document()).nodes);
  expect(Object.keys(await rendersOf(editor, () => page.keyboard.press('Control+a')))).toHaveLength(
    all.length,
  );
  await page.locator('.react-flow__pane').click({ position: { x: 500, y: 835 } });
  await expect(page.locator('.react-flow__node.selected')).toHaveCount(0);

  const prompt = editor.node('prompt').getByRole('textbox', { name: 'Prompt' });
  await prompt.focus();
  const typed = await rendersOf(editor, () => page.keyboard.type('ten letter'));
  expect(Object.keys(typed)).toEqual(['prompt']);

  const steps = editor.node('sampler').getByRole('slider', { name: 'Steps' });
  await steps.focus();
  const slid = await rendersOf(editor, async () => {
    for (let n = 0; n < 5; n++) await page.keyboard.press('ArrowRight');
  });
  expect(Object.keys(slid)).toEqual(['sampler']);

  const at = await editor.at(editor.node('image').locator('header'));
  await page.mouse.click(at.x, at.y);
  const before = (await editor.document()).nodes['image']?.position;
  const dragged = await rendersOf(editor, () => editor.drag(at, { x: at.x + 40, y: at.y - 60 }));
  // The one that is dragged is drawn once, when it is let go and the document has it elsewhere: on the way React Flow
  // moves its frame, and nothing in it depends on where it is.
  expect(dragged).toEqual({ image: 1 });
  expect((await editor.document()).nodes['image']?.position).not.toEqual(before);

  const canvas = await editor.at(page.locator('#canvas'));
  const panned = await rendersOf(editor, async () => {
    await page.mouse.move(canvas.x, canvas.y + 300);
    await page.mouse.wheel(0, 120);
    await page.mouse.wheel(120, 0);
  });
  expect(panned).toEqual({});
});
