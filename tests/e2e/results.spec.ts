import { expect, test } from './editor';

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

test('results come back after a reload, in the strip and in their nodes', async ({ page, editor }) => {
  await editor.open();
  await editor.run();
  await expect(editor.node('image').getByRole('img', { name: 'Picture of Image' })).toBeVisible();
  await page.reload();
  await expect(editor.results()).toHaveCount(1);
  await expect(editor.node('image').getByRole('img', { name: 'Picture of Image' })).toBeVisible();
  // The picture in the strip has pixels.
  const width = await editor
    .results()
    .first()
    .locator('img')
    .evaluate(async (img: HTMLImageElement) => {
      await img.decode();
      return img.naturalWidth;
    });
  expect(width).toBe(64);
});

test('next, previous, keep, search, compare and copy; a kept one outlives clearing', async ({
  page,
  editor,
}) => {
  await editor.open();
  await editor.run();
  await editor.node('prompt').getByRole('textbox', { name: 'Prompt' }).fill('a green hat');
  await editor.run();
  await editor.results().first().click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('heading', { name: 'a green hat' })).toBeVisible();
  await expect(dialog.getByText('1 of 2')).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(dialog.getByText('2 of 2')).toBeVisible();
  await dialog.getByRole('button', { name: 'Newer result' }).click();
  await dialog.getByRole('switch', { name: 'Keep this one' }).click();
  await dialog.getByRole('combobox', { name: 'Compare with' }).click();
  await page.getByRole('option').nth(1).click();
  await expect(dialog.getByRole('slider', { name: 'Where the two meet' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Copy picture' }).click();
  await expect(page.getByText('Picture copied')).toBeVisible();
  expect(
    await page.evaluate(async () => (await navigator.clipboard.read()).flatMap(({ types }) => types)),
  ).toContain('image/png');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'All results' }).click();
  await dialog.getByRole('searchbox').fill('GREEN');
  await expect(dialog.getByRole('button', { name: /^Result:/ })).toHaveCount(1);
  await dialog.getByRole('searchbox').fill('');
  await dialog.getByRole('button', { name: /^Remove 1/ }).click();
  await expect(dialog.getByRole('button', { name: /^Result:/ })).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(editor.results()).toHaveCount(1);
  await page.reload();
  await expect(editor.results()).toHaveCount(1);
  await expect(editor.results()).toHaveAccessibleName(/a green hat/);
});

test('use as input adds a Load image node that runs', async ({ page, editor }) => {
  await editor.open();
  await editor.run();
  await editor.results().first().click();
  await page.getByRole('button', { name: 'Use as input' }).click();
  await expect
    .poll(async () => Object.values((await editor.document()).nodes).map(({ type }) => type))
    .toContain('image/load');
});

test('what was made before a change says so, until it is undone', async ({ page, editor }) => {
  await editor.open();
  await editor.run();
  const mark = (id: string) => editor.node(id).getByRole('img', { name: /^Made before the last changes/ });
  await expect(mark('sampler')).toHaveCount(0);
  await editor.node('prompt').getByRole('textbox', { name: 'Prompt' }).fill('a green hat');
  await expect(mark('sampler')).toBeVisible();
  await expect(mark('image')).toBeVisible();
  await expect(mark('noise')).toHaveCount(0);
  await page.getByRole('button', { name: /^Undo: / }).click();
  await expect(mark('sampler')).toHaveCount(0);
  await page.reload();
  await expect(editor.node('image').getByRole('img', { name: 'Picture of Image' })).toBeVisible();
  await editor.node('prompt').getByRole('textbox', { name: 'Prompt' }).fill('a red hat');
  await expect(mark('image')).toBeVisible();
});
