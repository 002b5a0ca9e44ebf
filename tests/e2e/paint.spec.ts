/** The map painter, by mouse and by keyboard, on the template that draws from a map. */
import { decodeMap, fromDataUrl } from '../../app/_painter/indexed-png';
import { expect, test } from './editor';

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
