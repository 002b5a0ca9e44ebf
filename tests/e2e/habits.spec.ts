/** Build by dragging: the habits people bring, each by hand and by key. */
import en from '../../app/_i18n/en/messages.json' with { type: 'json' };
import { expect, test } from './editor';

test('double click and Tab open the palette at the cursor; it finds by name, category, port kind and other tools’ names', async ({
  page,
  editor,
}) => {
  await editor.open();
  await editor.empty();
  const box = page.getByPlaceholder('Search nodes…');
  const first = page.getByRole('option').first();
  await page.mouse.dblclick(420, 640);
  await expect(box).toBeFocused();
  const at = await page.getByRole('dialog').boundingBox();
  expect(Math.abs((at?.x ?? 0) - 420)).toBeLessThan(4);
  for (const [query, found] of [
    ['KSampler', 'Sampler'],
    ['smplr', 'Sampler'],
    ['EmptyLatentImage', 'Empty latent'],
  ] as const) {
    await box.fill(query);
    await expect(first).toContainText(found);
  }
  await box.fill('mask');
  const kinds = await page.getByRole('option').allTextContents();
  expect(kinds.some((name) => name.startsWith('Feather mask'))).toBe(true);
  // By the kind of a port alone.
  expect(kinds.some((name) => name.startsWith('Load image'))).toBe(true);
  await box.fill('KSampler');
  await page.keyboard.press('Enter');
  await expect(editor.node('sampler')).toBeVisible();
  const node = await editor.node('sampler').boundingBox();
  expect(Math.abs((node?.x ?? 0) + 120 - 420)).toBeLessThan(30);
  await page.keyboard.press('Escape');
  await page.locator('#canvas').focus();
  await page.keyboard.press('Tab');
  await expect(box).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(box).toBeHidden();
});

test('wires differ by pattern, not by colour alone', async ({ page, editor }) => {
  await editor.open();
  const looks = await page.locator('.react-flow__edge').evaluateAll((edges) =>
    edges.map((edge) => {
      const path = edge.querySelector<SVGPathElement>('.loom-wire');
      return {
        label: edge.getAttribute('aria-label'),
        dash: path?.style.strokeDasharray ?? '',
        stroke: path?.style.stroke,
      };
    }),
  );
  const latent = looks.find(({ label }) => label?.startsWith('sampler latent') === true);
  const picture = looks.find(({ label }) => label?.startsWith('decode image') === true);
  expect(latent?.dash).not.toBe('');
  expect(picture?.dash).toBe('');
  expect(latent?.stroke).not.toBe(picture?.stroke);
});

test('a box drawn around nodes chooses them; they move together, as one step', async ({ page, editor }) => {
  await editor.open();
  const before = await editor.document();
  await page.getByRole('button', { name: 'Arrow: drag selects' }).click();
  const a = await editor.node('decode').boundingBox();
  const b = await editor.node('image').boundingBox();
  if (a === null || b === null) throw new Error('not on the page');
  // From the lower right, where the canvas is empty: at the upper left passes an edge, which is pressed instead.
  await editor.drag(
    { x: b.x + b.width - 10, y: Math.max(a.y + a.height, b.y + b.height) + 12 },
    { x: a.x + 12, y: Math.min(a.y, b.y) - 14 },
  );
  await expect(page.locator('.react-flow__node.selected')).toHaveCount(2);
  const grip = await editor.at(editor.node('decode').getByText('Decode').first());
  await editor.drag(grip, { x: grip.x - 60, y: grip.y - 120 });
  const after = await editor.document();
  const moved = (id: string) => ({
    x: (after.nodes[id]?.position.x ?? 0) - (before.nodes[id]?.position.x ?? 0),
    y: (after.nodes[id]?.position.y ?? 0) - (before.nodes[id]?.position.y ?? 0),
  });
  expect(moved('decode').x).toBeLessThan(0);
  // Positions are whole numbers: each may round on its own.
  expect(Math.abs(moved('decode').x - moved('image').x)).toBeLessThanOrEqual(1);
  expect(Math.abs(moved('decode').y - moved('image').y)).toBeLessThanOrEqual(1);
  expect(moved('sampler')).toEqual({ x: 0, y: 0 });
  await page.keyboard.press('Control+z');
  await expect.poll(() => editor.document()).toEqual(before);
});

test('a frame carries what stands in it; a note is written on', async ({ page, editor }) => {
  await editor.open();
  await editor.node('noise').getByText('Noise').first().click();
  await page.keyboard.press('Control+g');
  const frame = editor.node('group:frame');
  const before = await editor.document();
  const title = await editor.at(frame.getByRole('button').first());
  await editor.drag(title, { x: title.x + 70, y: title.y + 40 });
  const after = await editor.document();
  const shift = (after.groups['frame']?.position.x ?? 0) - (before.groups['frame']?.position.x ?? 0);
  expect(shift).toBeGreaterThan(50);
  const carried = (after.nodes['noise']?.position.x ?? 0) - (before.nodes['noise']?.position.x ?? 0);
  expect(Math.abs(carried - shift)).toBeLessThanOrEqual(1);
  await page.mouse.move(300, 700);
  await page.locator('#canvas').focus();
  await page.keyboard.press('n');
  await editor.node('note:note').getByRole('textbox').fill('왜 이렇게 했는지');
  expect((await editor.document()).notes['note']?.text).toBe('왜 이렇게 했는지');
});

test('bypass lets through, and its node is skipped by the run; collapse keeps the wires', async ({
  page,
  editor,
}) => {
  await editor.open();
  await editor.node('condition').getByText('Combine conditions').click();
  await page.keyboard.press('Control+b');
  await expect(editor.node('condition').getByLabel('Bypassed')).toBeVisible();
  await page.keyboard.press('Alt+c');
  const wires = await editor.wires().count();
  await editor.run();
  await expect(editor.node('condition').getByRole('img', { name: 'Done' })).toHaveCount(0);
  await expect(editor.wires()).toHaveCount(wires);
  expect((await editor.node('condition').boundingBox())?.height ?? 0).toBeLessThan(40);
});

test('a slider takes typed numbers, a seed stays, counts up or rolls', async ({ page, editor }) => {
  await editor.open();
  const steps = editor.node('sampler').getByRole('spinbutton', { name: 'Steps' });
  await steps.fill('7');
  await steps.press('Enter');
  expect((await editor.document()).nodes['sampler']?.params['steps']).toBe(7);
  await expect(editor.node('sampler').getByRole('slider', { name: 'Steps' })).toHaveValue('7');
  await steps.fill('many');
  await steps.press('Enter');
  await expect(steps).toHaveValue('7');

  const seed = async () => (await editor.document()).nodes['noise']?.params['seed'];
  await editor.run();
  expect(await seed()).toBe('7');
  const mode = editor.node('noise').getByRole('button', { name: /^With each run/ });
  await mode.click();
  await page.getByRole('menuitemradio', { name: 'Counts up with each run' }).click();
  await editor.run();
  expect(await seed()).toBe('8');
  await mode.click();
  await page.getByRole('menuitemradio', { name: 'New at random with each run' }).click();
  await editor.run();
  expect(['7', '8', '9']).not.toContain(await seed());
});

test('run to here computes only what that needs; the documentation tells of the node', async ({
  page,
  editor,
}) => {
  await editor.open();
  await editor.node('sampler').getByText('Sampler').first().click();
  await page.keyboard.press('Shift+Enter');
  await expect(editor.node('sampler').getByRole('img', { name: 'Done' })).toBeVisible({ timeout: 60_000 });
  await expect(editor.node('decode').getByRole('img', { name: 'Done' })).toHaveCount(0);
  await expect(editor.results()).toHaveCount(0);
  await page.keyboard.press('F1');
  const docs = page.getByRole('complementary', { name: 'Documentation' });
  await expect(docs).toContainText('sampling/sampler');
  await expect(docs).toContainText('KSampler');
});

test('the command palette has every command with its key, and the minimap, fit and theme obey', async ({
  page,
  editor,
}) => {
  await editor.open();
  await page.keyboard.press('Control+k');
  const dialog = page.getByRole('dialog', { name: 'All commands' });
  await expect(dialog.getByRole('option')).toHaveCount(Object.keys(en.commands).length - 1);
  const shown = await dialog.getByRole('option').allTextContents();
  for (const [id, label] of Object.entries(en.commands))
    if (id !== 'commands') expect(shown.some((text) => text.startsWith(label))).toBe(true);
  await expect(dialog.getByRole('option', { name: /^Run Ctrl/ })).toBeVisible();
  await page.keyboard.press('Escape');
  // A graph seen whole needs no map; one that reaches out of view has it.
  const map = page.locator('.react-flow__minimap');
  await expect(map).toBeHidden();
  for (let n = 0; n < 3; n++) await page.getByRole('button', { name: 'Zoom in' }).click();
  await expect(map).toBeVisible();
  await page.keyboard.press('Alt+m');
  await expect(map).toBeHidden();
  await page.keyboard.press('Alt+d');
  await expect(page.locator('html')).toHaveClass(/dark/);
  // Far off, then back.
  await page.mouse.move(700, 450);
  await page.mouse.wheel(4000, 0);
  await page.getByRole('button', { name: 'Arrow: drag selects' }).click();
  await page.mouse.move(700, 450);
  await page.mouse.wheel(4000, 0);
  await page.locator('#canvas').focus();
  await page.keyboard.press('.');
  await expect(editor.node('sampler')).toBeInViewport();
});

test('the gallery opens a template in a tab of its own; tabs are walked and closed by keys', async ({
  page,
  editor,
}) => {
  await editor.open();
  await page.getByRole('button', { name: 'Templates', exact: true }).click();
  const gallery = page.getByRole('dialog', { name: 'Templates' });
  const picture = gallery.locator('img').first();
  await expect(picture).toBeVisible();
  expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
  await gallery.getByRole('button', { name: /^Unconditional/ }).click();
  await expect(page.getByRole('tab')).toHaveCount(2);
  await expect(page.getByRole('tab', { name: 'Unconditional' })).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('tab', { name: 'Unconditional' }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('tab', { name: 'Text to image' })).toBeFocused();
  await expect(editor.node('prompt')).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Delete');
  await expect(page.getByRole('tab')).toHaveCount(1);
  await expect(page.getByRole('tab', { name: 'Text to image' })).toBeFocused();
});
