import { expect, test } from './editor';

test('copy, paste, duplicate, with and without incoming wires, also into another tab', async ({
  page,
  editor,
}) => {
  await editor.open();
  const count = async (): Promise<number> => Object.keys((await editor.document()).nodes).length;
  const start = await count();
  await editor.node('decode').getByText('Decode').click();
  await page.keyboard.press('Control+d');
  expect(await count()).toBe(start + 1);
  let edges = Object.values((await editor.document()).edges);
  expect(edges.some(({ to }) => to.node === 'decode-2')).toBe(false);
  await page.keyboard.press('Control+z');
  await editor.node('decode').getByText('Decode').click();
  await page.keyboard.press('Control+Shift+D');
  edges = Object.values((await editor.document()).edges);
  expect(edges.filter(({ to }) => to.node === 'decode-2')).toHaveLength(2);
  await page.keyboard.press('Control+z');
  expect(await count()).toBe(start);

  await editor.node('unet').getByText('U-Net').first().click();
  await editor
    .node('sampler')
    .getByText('Sampler')
    .first()
    .click({ modifiers: ['Shift'] });
  await page.keyboard.press('Control+c');
  await page.keyboard.press('Alt+n');
  await expect(page.getByText('An empty graph')).toBeVisible();
  await page.locator('#canvas').focus();
  await page.keyboard.press('Control+v');
  const pasted = await editor.document();
  expect(Object.keys(pasted.nodes).toSorted()).toEqual(['sampler', 'unet']);
  expect(Object.values(pasted.edges).map(({ from, to }) => `${from.node} ${to.node}`)).toEqual([
    'unet sampler',
  ]);
});

test('each gesture is one named step; undo all is the start, redo all the end', async ({ page, editor }) => {
  await editor.open();
  const start = await editor.text();
  const canvas = page.locator('#canvas');
  // A drag, a slider, typing, a mute, a frame, a note, a collapse, a layout.
  const at = await editor.at(editor.node('image').getByText('Image').first());
  await editor.drag(at, { x: at.x + 60, y: at.y - 90 });
  const slider = editor.node('sampler').getByRole('slider', { name: 'Steps' });
  await slider.focus();
  for (let n = 0; n < 5; n++) await page.keyboard.press('ArrowRight');
  await editor.node('prompt').getByRole('textbox', { name: 'Prompt' }).fill('a blue cat 고양이 😀 שלום');
  await editor.node('negative').getByText('Negative prompt').click();
  await page.keyboard.press('Control+m');
  await page.keyboard.press('Control+b');
  await page.keyboard.press('Alt+c');
  await page.keyboard.press('Control+g');
  await canvas.focus();
  await page.keyboard.press('n');
  await page.keyboard.press('Shift+L');
  await expect.poll(async () => (await editor.document()).nodes['image']?.position.x).toBeGreaterThan(0);
  await page.waitForTimeout(1500);
  const end = await editor.text();
  const bar = page.getByRole('banner');
  const undo = bar.getByRole('button', { name: /^Undo:|^Nothing to undo/ });
  let steps = 0;
  const names: string[] = [];
  while (await undo.isEnabled()) {
    names.push((await undo.getAttribute('aria-label')) ?? '');
    await undo.click();
    steps += 1;
  }
  expect(names).toContain('Undo: Move');
  expect(names).toContain('Undo: Set Steps');
  expect(names).toContain('Undo: Set Prompt');
  expect(names).toContain('Undo: Arrange');
  expect(steps).toBe(9);
  expect(await editor.text()).toBe(start);
  const redo = bar.getByRole('button', { name: /^Redo:|^Nothing to redo/ });
  while (await redo.isEnabled()) await redo.click();
  expect(await editor.text()).toBe(end);
});

test('delete reconnects, box select moves many, find goes to a node', async ({ page, editor }) => {
  await editor.open();
  await editor.node('condition').getByText('Combine conditions').click();
  await page.keyboard.press('Shift+Delete');
  const { nodes, edges } = await editor.document();
  expect(nodes['condition']).toBeUndefined();
  expect(
    Object.values(edges).some(
      ({ from, to }) =>
        ['prompt', 'class'].includes(from.node) && to.node === 'unet' && to.port === 'positive',
    ),
  ).toBe(true);

  const before = await editor.document();
  const pane = await page.locator('.react-flow__pane').boundingBox();
  if (pane === null) throw new Error('no canvas');
  await page.keyboard.down('Shift');
  await editor.drag(
    { x: pane.x + 20, y: pane.y + 20 },
    { x: pane.x + pane.width - 40, y: pane.y + pane.height - 160 },
  );
  await page.keyboard.up('Shift');
  await expect(page.locator('.react-flow__node.selected')).not.toHaveCount(0);
  const chosen = await page
    .locator('.react-flow__node.selected')
    .evaluateAll((all) => all.map((one) => one.getAttribute('data-id') ?? ''));
  expect(chosen.length).toBeGreaterThan(3);
  await page.keyboard.press('Control+f');
  await page.keyboard.type('negative');
  await page.keyboard.press('Enter');
  await expect(editor.node('negative')).toHaveClass(/selected/);
  await page.keyboard.press('ArrowRight');
  await expect
    .poll(async () => (await editor.document()).nodes['negative']?.position.x)
    .not.toBe(before.nodes['negative']?.position.x);
});

test('clicking a wire opens the inspector on what flows there', async ({ page, editor }) => {
  await editor.open();
  await editor.run();
  const a = await editor.at(editor.port('sampler', 'out', 'latent'));
  const b = await editor.at(editor.port('decode', 'in', 'latent'));
  await page.mouse.click((a.x + b.x) / 2, (a.y + b.y) / 2);
  const panel = page.getByRole('complementary', { name: 'Inspector' });
  await expect(panel).toBeVisible();
  await expect(panel).toContainText('Sampler › Latent');
});

test('mute shows on the node and is taken back by the same key', async ({ page, editor }) => {
  await editor.open();
  await editor.node('class').getByText('Class label').click();
  await page.keyboard.press('Control+m');
  await expect(editor.node('class').getByLabel('Muted')).toBeVisible();
  expect((await editor.document()).nodes['class']?.mode).toBe('mute');
  await page.keyboard.press('Control+m');
  expect((await editor.document()).nodes['class']?.mode).toBeUndefined();
});
