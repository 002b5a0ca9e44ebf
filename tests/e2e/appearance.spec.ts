/** Look inside every kind of value: codes, conditions, pictures, masks and maps. */
import { readFileSync } from 'node:fs';
import { root, expect, test, tinyTemplate, type Editor } from './editor';
import { documentSchema } from '../../engine/document/schema';

const panelOf = (editor: Editor) => editor.page.getByRole('complementary', { name: 'Inspector' });
async function choose(editor: Editor, id: string, port?: string): Promise<void> {
  const header = editor.node(id).locator('header');
  await header.scrollIntoViewIfNeeded();
  await header.click({ position: { x: 60, y: 10 } });
  await expect(panelOf(editor)).toContainText(port ?? '›');
}

test('conditioning: tokens with their norms, the class, the painted map', async ({ page, editor }) => {
  const document = tinyTemplate('text-and-map');
  await editor.open({ document });
  await editor.run();
  await page.keyboard.press('Alt+2');
  const panel = panelOf(editor);
  await choose(editor, 'prompt');
  await expect(panel.getByRole('columnheader', { name: 'Token', exact: true })).toBeVisible();
  expect(await panel.getByRole('row').count()).toBeGreaterThan(3);
  const map = Object.entries(document.nodes).find(([, { type }]) => type === 'image/semantic-map')?.[0] ?? '';
  await choose(editor, map);
  await expect(panel.getByRole('list', { name: 'Share of each label' })).toContainText('%');
  await panel.getByRole('img').first().hover();
  await expect(panel.getByText(/^\(\d+, \d+\)/)).toBeVisible();
});

test('pictures and masks as themselves', async ({ page, editor }) => {
  const document = tinyTemplate('inpainting', 2, 256);
  await editor.open({ document });
  await editor.run();
  await page.keyboard.press('Alt+2');
  const panel = panelOf(editor);
  const idOf = (type: string): string =>
    Object.entries(document.nodes).find(([, node]) => node.type === type)?.[0] ?? '';
  await choose(editor, idOf('mask/load'));
  await expect(panel).toContainText('Mask');
  await expect(panel.getByRole('table')).toContainText('mean');
  await choose(editor, idOf('first-stage/decode'));
  await expect(panel.getByRole('tab', { name: 'Image' }).or(panel.getByRole('img').first())).toBeVisible();
  await expect(panel.getByRole('row', { name: /^R/ })).toBeVisible();
});

test('VQ codes: a map of the codebook, how many of its entries are in use', async ({ page, editor }) => {
  test.setTimeout(240_000);
  // The one package with a codebook is the real one; it has no network but its first stage.
  const document = documentSchema.parse(
    JSON.parse(readFileSync(`${root}public/templates/codes.json`, 'utf8')),
  );
  const manifest: unknown = JSON.parse(readFileSync(`${root}models/loom-vq-f8/manifest.json`, 'utf8'));
  const entries = /"entries":\s*(\d+)/.exec(JSON.stringify(manifest))?.[1] ?? '';
  await editor.open({ document });
  await editor.run();
  await page.keyboard.press('Alt+2');
  const panel = panelOf(editor);
  const quantise =
    Object.entries(document.nodes).find(([, { type }]) => type === 'first-stage/quantise')?.[0] ?? '';
  await choose(editor, quantise);
  await expect(panel).toContainText('VQ');
  await expect(panel).toContainText(new Intl.NumberFormat('en').format(Number(entries)));
  await panel.getByRole('img').first().hover();
  await expect(panel.getByText(/^\(\d+, \d+\) \d+$/)).toBeVisible();
  await expect(panel.getByRole('listitem').first()).toContainText('×');
});

test('a latent: PCA too; saved as safetensors and as pictures', async ({ page, editor }) => {
  await editor.open();
  await editor.run();
  await page.keyboard.press('Alt+2');
  const panel = panelOf(editor);
  await choose(editor, 'sampler');
  await panel.getByRole('tab', { name: 'PCA' }).click();
  await expect(panel.getByRole('img').first()).toBeVisible();
  const save = async (entry: string | RegExp) => {
    const waiting = page.waitForEvent('download');
    await panel.getByRole('button', { name: 'Save value' }).click();
    await page.getByRole('menuitem', { name: entry }).first().click();
    return readFileSync(await (await waiting).path());
  };
  const tensors = await save('.safetensors');
  const header: unknown = JSON.parse(tensors.toString('utf8', 8, 8 + Number(tensors.readBigUInt64LE(0))));
  expect(header).toMatchObject({ latent_tensor: { dtype: 'F32', shape: [1, 4, 8, 8] } });
  expect((await save(/\.png$/)).subarray(1, 4).toString('latin1')).toBe('PNG');
});

test('branched from a step with another prompt, the branch runs and the first picture stays', async ({
  page,
  editor,
}) => {
  await editor.open({ steps: 6 });
  await editor.run();
  await page.keyboard.press('Alt+3');
  const panel = page.getByRole('complementary', { name: 'Trajectory' });
  const scrubber = panel.getByRole('slider', { name: 'Step', exact: true });
  await scrubber.focus();
  await page.keyboard.press('Home');
  for (let n = 0; n < 2; n++) await page.keyboard.press('ArrowRight');
  await panel.getByRole('button', { name: 'Branch from step 3' }).click();
  await expect(editor.node('sampler-branch')).toBeVisible();
  const until = (await editor.document()).nodes['sampler-until']?.params;
  expect(until?.['endStep']).toBe(2);
  // Continued unchanged, the branch ends where the whole sampling ended: both pictures are equal.
  await editor.run(2);
  const pixels = (id: string) =>
    editor
      .node(id)
      .locator('canvas')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  await expect(editor.node('image-branch').getByRole('img', { name: /^Picture of/ })).toBeVisible();
  expect(await pixels('image-branch')).toBe(await pixels('image'));
});
