/** The painters, by mouse and by keyboard, on templates that draw from what is painted. */
import sharp from 'sharp';
import { decodeMap, decodeMask, fromDataUrl } from '../../app/_painter/indexed-png';
import { expect, test, tinyTemplate } from './editor';

/** Any palette will do: only the indices are looked at. */
const labels = {
  id: 'any',
  labels: Array.from({ length: 32 }, (_, index) => ({ name: String(index), color: '#000000' })),
};

test('a map is painted, undone, painted by keyboard, and runs', async ({ page, editor }) => {
  await editor.open({ template: 'map-to-image' });
  const surface = editor.node('map').getByRole('application', { name: 'Semantic map' });
  // The painter's code comes with the first sign of life: a hand on its way to it.
  await editor.node('map').hover();
  await surface.scrollIntoViewIfNeeded();
  const map = async () => {
    const value = (await editor.document()).nodes['map']?.params['map'];
    return typeof value === 'string' ? decodeMap(fromDataUrl(value), labels).data : null;
  };
  const before = await editor.text();
  const names = editor.node('map').getByRole('list', { name: 'Labels' }).getByRole('button');
  await names.nth(2).click();
  const box = await surface.boundingBox();
  if (!box) throw new Error('not on the page');
  const at = (u: number, v: number) => ({ x: box.x + u * box.width, y: box.y + v * box.height });
  await editor.drag(at(0.1, 0.1), at(0.3, 0.1));
  await expect.poll(async () => (await map())?.[Math.floor(0.1 * 256) * 256 + Math.floor(0.2 * 256)]).toBe(2);
  await editor.node('map').getByRole('button', { name: 'Undo stroke' }).click();
  await expect
    .poll(async () => (await map())?.[Math.floor(0.1 * 256) * 256 + Math.floor(0.2 * 256)])
    .not.toBe(2);

  // A rectangle around the middle, keys only.
  await surface.focus();
  await page.keyboard.press('1');
  await page.keyboard.press('r');
  await page.keyboard.press('Enter');
  for (let n = 0; n < 3; n++) await page.keyboard.press('Shift+ArrowRight');
  for (let n = 0; n < 2; n++) await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await map())?.[140 * 256 + 150]).toBe(1);
  expect(await editor.text()).not.toBe(before);
  await editor.run();
});

test('a mask is painted in the size of what it is laid over; one of another size is brought to it', async ({
  editor,
}) => {
  const document = tinyTemplate('inpainting', 2);
  const { picture, noise } = document.nodes;
  if (!picture || !noise) throw new Error('the template has changed');
  const bytes = await sharp({ create: { width: 320, height: 192, channels: 3, background: '#8ac' } })
    .png()
    .toBuffer();
  picture.params['source'] = `data:image/png;base64,${bytes.toString('base64')}`;
  Object.assign(noise.params, { width: 320, height: 192 });
  await editor.open({ document });
  const mask = async () => {
    const value = (await editor.document()).nodes['mask']?.params['source'];
    return typeof value === 'string' ? decodeMask(fromDataUrl(value)) : null;
  };
  expect(await mask()).toMatchObject({ width: 256, height: 256 });
  const node = editor.node('mask');
  await node.hover();
  await expect(node).toContainText('Painted at 256 × 256, but 320 × 192 is wanted here.');
  await node.getByRole('button', { name: 'Bring to 320 × 192' }).click();
  await expect.poll(mask).toMatchObject({ width: 320, height: 192 });
  await expect(node).not.toContainText('Painted at');
  await editor.run();

  // Painted in that size from the start: the surface has the picture's sides.
  await node.getByRole('button', { name: 'Clear' }).click();
  await expect.poll(mask).toBeNull();
  const box = await node.getByRole('application', { name: 'Mask over the picture' }).boundingBox();
  if (!box) throw new Error('not on the page');
  expect(box.width / box.height).toBeCloseTo(320 / 192, 1);
  await editor.drag(
    { x: box.x + 0.5 * box.width, y: box.y + 0.5 * box.height },
    { x: box.x + 0.9 * box.width, y: box.y + 0.5 * box.height },
  );
  await expect.poll(mask).toMatchObject({ width: 320, height: 192 });
  const painted = await mask();
  expect(painted?.data[96 * 320 + 240]).toBe(255);
});

test('the tools on the canvas cover no node: not before the first result, and not once its strip is open', async ({
  page,
  editor,
}) => {
  await editor.open({ template: 'map-to-image' });
  const covered = async (): Promise<string[]> => {
    const tools = await page.getByRole('toolbar', { name: 'View of the canvas' }).boundingBox();
    if (!tools) throw new Error('no tools');
    const found: string[] = [];
    for (const node of await page.locator('.react-flow__node').all()) {
      const box = await node.boundingBox();
      if (
        box &&
        box.x < tools.x + tools.width &&
        tools.x < box.x + box.width &&
        box.y < tools.y + tools.height &&
        tools.y < box.y + box.height
      )
        found.push((await node.getAttribute('data-id')) ?? '');
    }
    return found;
  };
  expect(await covered()).toEqual([]);
  // The painter comes; it has the size of what stood in its place.
  const height = (await editor.node('map').boundingBox())?.height;
  await editor.node('map').hover();
  await expect(editor.node('map').getByRole('application', { name: 'Semantic map' })).toBeVisible();
  expect((await editor.node('map').boundingBox())?.height).toBeCloseTo(height ?? 0, 0);
  expect(await covered()).toEqual([]);
  await editor.run();
  expect(await covered()).toEqual([]);
});
