import { expect, test, type Editor } from './editor';

/** The graph of *Text to image* without what only decorates it. */
const wires: readonly (readonly [from: [string, string], to: [string, string]])[] = [
  [
    ['package', 'conditioner'],
    ['text', 'conditioner'],
  ],
  [
    ['package', 'unet'],
    ['unet', 'unet'],
  ],
  [
    ['text', 'conditioning'],
    ['unet', 'positive'],
  ],
  [
    ['package', 'unet'],
    ['noise', 'unet'],
  ],
  [
    ['unet', 'denoiser'],
    ['sampler', 'denoiser'],
  ],
  [
    ['noise', 'noise'],
    ['sampler', 'noise'],
  ],
  [
    ['package', 'firstStage'],
    ['decode', 'firstStage'],
  ],
  [
    ['sampler', 'latent'],
    ['decode', 'latent'],
  ],
  [
    ['decode', 'image'],
    ['output', 'image'],
  ],
];

async function choosePackage(editor: Editor): Promise<void> {
  const { page } = editor;
  await editor.node('package').getByRole('combobox', { name: 'Package' }).click();
  await page.getByRole('option', { name: /Tiny/ }).click();
}
const wired = async (editor: Editor): Promise<string[]> =>
  Object.values((await editor.document()).edges)
    .map(({ from, to }) => `${from.node}.${from.port} ${to.node}.${to.port}`)
    .toSorted();
const wanted = wires.map(([from, to]) => `${from.join('.')} ${to.join('.')}`).toSorted();

test('Text to image from an empty canvas by mouse alone, then run', async ({ page, editor }) => {
  await editor.open();
  await editor.empty();
  const library = page.getByRole('complementary', { name: 'Nodes' });
  const places: readonly (readonly [name: string, x: number, y: number])[] = [
    ['Model package', 260, 90],
    ['Text prompt', 530, 90],
    ['Noise', 530, 420],
    ['U-Net', 800, 90],
    ['Sampler', 1070, 90],
    // Not at the canvas's edge, where a dragged edge makes it pan.
    ['Decode', 300, 480],
    ['Image', 800, 600],
  ];
  for (const [name, x, y] of places)
    await library.getByRole('button', { name, exact: true }).dragTo(page.locator('.react-flow__pane'), {
      // Relative to the canvas; a node lands a little to the upper left of the pointer.
      targetPosition: { x: x - 224 + 120, y: y - 48 + 16 },
      force: true,
    });
  await expect(page.locator('.react-flow__node')).toHaveCount(7);
  await choosePackage(editor);
  for (const [from, to] of wires) await editor.wire([...from], [...to]);
  expect(await wired(editor)).toEqual(wanted);
  await editor.run();
});

test('Text to image from an empty canvas by keyboard alone, then run', async ({ page, editor }) => {
  await editor.open();
  await page.keyboard.press('Alt+n');
  await expect(page.getByText('An empty graph')).toBeVisible();
  for (const name of [
    'CheckpointLoaderSimple',
    'CLIPTextEncode',
    'Noise',
    'U-Net',
    'KSampler',
    'VAEDecode',
    'SaveImage',
  ]) {
    await page.keyboard.press('Shift+A');
    await expect(page.getByPlaceholder('Search nodes…')).toBeFocused();
    await page.keyboard.type(name);
    await page.keyboard.press('Enter');
    await expect(page.getByPlaceholder('Search nodes…')).toBeHidden();
  }
  await expect(page.locator('.react-flow__node')).toHaveCount(7);
  // The list view has every form: the package is chosen there.
  await page.keyboard.press('Alt+5');
  const list = page.getByRole('list', { name: 'Nodes in the order they run' });
  const row = list.getByRole('button', { name: 'Model package', expanded: false });
  await row.focus();
  await page.keyboard.press('Enter');
  const choice = list.getByRole('combobox', { name: 'Package' });
  await choice.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('Tiny');
  await page.keyboard.press('Enter');
  await expect(choice).toContainText('Tiny');
  await page.keyboard.press('Alt+5');
  await page.locator('#canvas').focus();
  const title: Record<string, string> = {
    package: 'Model package',
    text: 'Text prompt',
    unet: 'U-Net',
    noise: 'Noise',
    sampler: 'Sampler',
    decode: 'Decode',
    output: 'Image',
  };
  const label: Record<string, string> = { firstStage: 'First stage', unet: 'U-Net' };
  for (const [from, to] of wires) {
    // Nothing is chosen, so that every port is offered.
    await page.keyboard.press('Escape');
    await page.keyboard.press('$mod+k'.replace('$mod', 'Control'));
    await page.keyboard.type('Connect ports');
    await page.keyboard.press('Enter');
    await expect(page.getByPlaceholder('Which port?')).toBeFocused();
    await page.keyboard.type(`${title[from[0]] ?? ''} ${label[from[1]] ?? from[1]} out`);
    await page.keyboard.press('Enter');
    await expect(page.getByPlaceholder('Into which input?')).toBeFocused();
    await page.keyboard.type(`${title[to[0]] ?? ''} ${to[1]}`);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toBeHidden();
  }
  expect(await wired(editor)).toEqual(wanted);
  await page.keyboard.press('Control+Enter');
  await expect(editor.results()).toHaveCount(1, { timeout: 60_000 });
});

test('a wire let go on the empty canvas offers what fits, connected', async ({ page, editor }) => {
  await editor.open();
  const from = await editor.at(editor.port('decode', 'out', 'image'));
  // Between Decode and Image, which stands below it.
  await editor.drag(from, { x: from.x - 90, y: from.y + 130 });
  await expect(page.getByText('Nodes that take “Image”')).toBeVisible();
  const names = await page.getByRole('option').allTextContents();
  expect(names.some((name) => name.startsWith('Encode'))).toBe(true);
  expect(names.some((name) => name.startsWith('Sampler'))).toBe(false);
  await page.keyboard.type('VAEEncode');
  await page.keyboard.press('Enter');
  const { edges } = await editor.document();
  expect(
    Object.values(edges).some(
      ({ from: f, to }) => f.node === 'decode' && to.node === 'encode' && to.port === 'image',
    ),
  ).toBe(true);
});

test('a node dropped on a wire is inserted, as one step', async ({ page, editor }) => {
  await editor.open();
  const before = await editor.text();
  const a = await editor.at(editor.port('decode', 'out', 'image'));
  const b = await editor.at(editor.port('image', 'in', 'image'));
  await page.getByRole('searchbox', { name: 'Search nodes' }).fill('Resize image');
  const item = page
    .getByRole('complementary', { name: 'Nodes' })
    .getByRole('listitem')
    .first()
    .getByRole('button');
  const pane = await page.locator('.react-flow__pane').boundingBox();
  await item.dragTo(page.locator('.react-flow__pane'), {
    targetPosition: { x: (a.x + b.x) / 2 - (pane?.x ?? 0), y: (a.y + b.y) / 2 - (pane?.y ?? 0) },
    force: true,
  });
  const { nodes, edges } = await editor.document();
  const added = Object.keys(nodes).find((id) => nodes[id]?.type === 'image/resize');
  expect(added).toBeDefined();
  const pairs = Object.values(edges).map(({ from, to }) => `${from.node} ${to.node}`);
  expect(pairs).toContain(`decode ${added ?? ''}`);
  expect(pairs).toContain(`${added ?? ''} image`);
  expect(pairs).not.toContain('decode image');
  await page.locator('#canvas').focus();
  await page.keyboard.press('Control+z');
  expect(await editor.text()).toBe(before);
});

test('while a wire is dragged fitting ports light up; a refused wire says why and is fixed by one press', async ({
  page,
  editor,
}) => {
  await editor.open();
  const from = await editor.at(editor.port('sampler', 'out', 'latent'));
  const to = await editor.at(editor.port('image', 'in', 'image'));
  const before = await editor.text();
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 60, from.y + 60, { steps: 4 });
  await expect(editor.port('decode', 'in', 'latent')).toHaveAttribute('data-verdict', 'fits');
  await expect(editor.port('image', 'in', 'image')).toHaveAttribute('data-verdict', 'refuses');
  await page.mouse.move(to.x, to.y, { steps: 6 });
  await expect(page.getByRole('status').filter({ hasText: 'wanted is Image' })).toBeVisible();
  await page.mouse.up();
  const card = page.getByRole('alertdialog', { name: 'This wire does not fit' });
  await expect(card).toBeVisible();
  expect(await editor.text()).toBe(before);
  const fix = card.getByRole('button', { name: /Insert/ });
  await fix.first().click();
  await expect(card).toBeHidden();
  const after = await editor.document();
  const into = Object.values(after.edges).find(({ to: end }) => end.node === 'image');
  expect(after.nodes[into?.from.node ?? '']?.type).toBe('first-stage/decode');
  await page.locator('#canvas').focus();
  await page.keyboard.press('Control+z');
  expect(await editor.text()).toBe(before);
});

test('what is typed while a dialog’s code is on its way touches nothing', async ({ page, editor }) => {
  await editor.open();
  const before = await editor.text();
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  // Nothing of the page has been touched: the dialogs are not there yet.
  await page.route('**/_next/static/**', async (route) => {
    await gate;
    await route.continue();
  });
  await editor.node('decode').focus();
  await page.keyboard.press('Enter');
  await expect(editor.node('decode')).toHaveClass(/selected/);
  await page.keyboard.press('Shift+A');
  await page.keyboard.type('nvw');
  await page.keyboard.press('Delete');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('nm');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Delete');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  open();
  const box = page.getByPlaceholder('What do you want to do?');
  await expect(box).toBeFocused();
  await page.keyboard.type('New');
  await expect(box).toHaveValue('New');
  await expect(page.getByPlaceholder('Search nodes…')).toHaveCount(0);
  expect(await editor.text()).toBe(before);
});
