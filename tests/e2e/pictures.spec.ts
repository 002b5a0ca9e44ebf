/** Pictures and latents from files: dropped, pasted, picked; two of them compared. */
import sharp from 'sharp';
import { parseDocument } from '../../engine';
import { expect, test } from './editor';

const plain = (background: string) =>
  sharp({ create: { width: 40, height: 20, channels: 3, background } })
    .png()
    .toBuffer();
const url = (bytes: Buffer) => `data:image/png;base64,${bytes.toString('base64')}`;

/** Gives the page a file as the clipboard or a hand does. */
const give = `async ({ bytes, name, type, by, selector }) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name, { type }));
  if (by === 'paste') {
    document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    return;
  }
  for (const kind of ['dragenter', 'dragover', 'drop'])
    document.querySelector(selector).dispatchEvent(
      new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true, clientX: 500, clientY: 400 }));
}`;
const call = (what: object) => `(${give})(${JSON.stringify(what)})`;

test('a picture that is dropped or pasted becomes a Load image node that shows it', async ({
  page,
  editor,
}) => {
  await editor.open();
  const bytes = await plain('#c02020');
  for (const by of ['drop', 'paste']) {
    await editor.empty();
    await page.evaluate(
      call({ bytes: [...bytes], name: 'red.png', type: 'image/png', by, selector: '.react-flow__pane' }),
    );
    await expect(page.getByRole('article', { name: 'Node Load image' })).toBeVisible();
    const nodes = Object.values((await editor.document()).nodes);
    expect(nodes).toMatchObject([{ type: 'image/load', params: { source: url(bytes) } }]);
  }
});

test('a latent is dropped on its node; a file of another kind is refused there', async ({ page, editor }) => {
  await editor.open({
    document: parseDocument({
      format: 'latent-loom',
      version: 1,
      nodes: { load: { type: 'latent/load', version: 1, params: {}, position: { x: 0, y: 0 } } },
      edges: {},
    }).document,
  });
  const drop = (name: string) =>
    page.evaluate(
      call({ bytes: [1, 2, 3], name, type: '', by: 'drop', selector: '[data-id="load"] input[type=file]' }),
    );
  await drop('picture.bmp');
  await expect(
    editor.node('load').getByText('Only .safetensors and .latent files can be used.'),
  ).toBeVisible();
  await drop('kept.safetensors');
  await expect(editor.node('load').getByText(/^A latent of/)).toBeVisible();
  expect((await editor.document()).nodes['load']?.params['source']).toBe(
    'data:application/octet-stream;base64,AQID',
  );
});

test('two pictures are compared behind a slider, moved by hand and by key; the split is the result', async ({
  page,
  editor,
}) => {
  const load = async (colour: string, y: number) => ({
    type: 'image/load',
    version: 1,
    params: { source: url(await plain(colour)) },
    position: { x: 0, y },
  });
  await editor.open({
    document: parseDocument({
      format: 'latent-loom',
      version: 1,
      nodes: {
        a: await load('#c02020', 0),
        b: await load('#2020c0', 260),
        compare: { type: 'image/compare', version: 1, params: { split: 0.25 }, position: { x: 360, y: 0 } },
      },
      edges: {
        one: { from: { node: 'a', port: 'image' }, to: { node: 'compare', port: 'a' } },
        two: { from: { node: 'b', port: 'image' }, to: { node: 'compare', port: 'b' } },
      },
    }).document,
  });
  await editor.run();
  const first = editor.node('compare').getByRole('img', { name: /, A$/ });
  await expect(first).toBeVisible();
  await expect(editor.node('compare').getByRole('img', { name: /, B$/ })).toBeVisible();
  /** Colour of the result's pixel at x: the split picture itself. */
  const pixel = (x: number) =>
    page.evaluate(
      `(async () => {
        const bitmap = await createImageBitmap(document.querySelector('[aria-label="Results"] img'));
        const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
        context.drawImage(bitmap, 0, 0);
        return [...context.getImageData(${x}, 10, 1, 1).data];
      })()`,
    );
  expect(await pixel(9)).toEqual([192, 32, 32, 255]);
  expect(await pixel(10)).toEqual([32, 32, 192, 255]);

  const shown = () => first.locator('..').evaluate((cover) => getComputedStyle(cover).clipPath);
  expect(await shown()).toContain('75%');
  const box = await first.boundingBox();
  if (!box) throw new Error('not on the page');
  const at = (u: number) => ({ x: box.x + u * box.width, y: box.y + box.height / 2 });
  await editor.drag(at(0.3), at(0.6));
  await expect
    .poll(async () => (await editor.document()).nodes['compare']?.params['split'])
    .toBeCloseTo(0.6, 1);
  await editor.node('compare').getByRole('slider', { name: 'Split' }).press('Home');
  await expect.poll(shown).toContain('100%');
  // One drag is one step back.
  await page.keyboard.press('Control+z');
  await expect
    .poll(async () => (await editor.document()).nodes['compare']?.params['split'])
    .toBeCloseTo(0.6, 1);
});
