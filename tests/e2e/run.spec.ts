import { expect, realTemplate, test } from './editor';

test('opens on Text to image, says what computes and why nothing better', async ({ page, editor }) => {
  await editor.open();
  await expect(page.getByRole('tab', { name: 'Text to image' })).toBeVisible();
  await expect(editor.node('sampler')).toBeVisible();
  await editor.badge.click();
  await expect(page.getByText('Networks run on your processor')).toBeVisible();
  await expect(page.getByText('Why not faster')).toBeVisible();
});

test('runs, shows step count and preview, keeps the picture, serves it from the cache', async ({
  page,
  editor,
}) => {
  await editor.open({ steps: 60 });
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(editor.node('sampler').getByRole('img', { name: /Picture of/ })).toBeVisible({
    timeout: 60_000,
  });
  await expect(editor.results()).toHaveCount(1, { timeout: 120_000 });
  expect((await editor.progress()).some((text) => /^Step \d+ of 60$/.test(text))).toBe(true);
  expect((await editor.progress()).some((text) => /^[\d.]+ k?M?B of [\d.]+ [kM]B$/.test(text))).toBe(true);
  await expect(editor.node('image').getByRole('img', { name: 'Picture of Image' })).toBeVisible();

  // Only the prompt changes: nothing before it runs again.
  await editor.node('prompt').getByRole('textbox', { name: 'Prompt' }).fill('a green hat');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(editor.results()).toHaveCount(2, { timeout: 120_000 });
  for (const id of ['package', 'class', 'negative', 'noise'])
    await expect(editor.node(id).getByRole('img', { name: 'From the cache' })).toBeVisible();
  await expect(editor.node('prompt').getByRole('img', { name: 'Done' })).toBeVisible();
});

test('cancel during sampling takes effect, the next run works, nothing leaks', async ({ page, editor }) => {
  test.setTimeout(300_000);
  // The real package: the tiny one is done before a hand could cancel.
  await editor.open({ document: realTemplate(12) });
  const run = page.getByRole('button', { name: 'Run', exact: true });
  const sampling = editor.node('sampler').getByRole('progressbar');
  const cancelled = async () => {
    await run.click();
    await expect(sampling).toHaveAttribute('aria-valuetext', /^Step [1-9]\d* of 12/, { timeout: 120_000 });
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await expect(page.getByRole('button', { name: 'Cancel', exact: true })).toBeHidden({ timeout: 30_000 });
    await expect(sampling).toBeHidden();
    await expect(editor.results()).toHaveCount(0);
    return editor.live();
  };
  const before = await cancelled();
  expect(before.sessions).toBeGreaterThan(0);
  expect(await cancelled()).toEqual(before);
  await run.click();
  await expect(editor.results()).toHaveCount(1, { timeout: 180_000 });
});

test('a failed node shows its error, the rest stays and the document is intact', async ({ page, editor }) => {
  await page.route('**/models/tiny/vae_decoder.safetensors', (route) => route.fulfill({ status: 404 }));
  await page.addInitScript('caches.delete("loom-model-files-1")');
  const before = await (async () => {
    await editor.open();
    return editor.text();
  })();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(editor.node('decode').getByRole('alert')).toContainText('vae_decoder.safetensors');
  await expect(editor.node('sampler').getByRole('img', { name: 'Done' })).toBeVisible();
  expect(await editor.text()).toBe(before);
});

test('runs wait in the queue; each result restores the graph that made it', async ({ page, editor }) => {
  await editor.open();
  await page.getByRole('button', { name: 'More ways to run' }).click();
  await page.getByRole('menuitem', { name: /Run 4 times/ }).click();
  await expect(editor.results()).toHaveCount(4, { timeout: 120_000 });
  const seeds = await editor
    .results()
    .evaluateAll((found) => found.map((one) => one.getAttribute('aria-label')));
  expect(new Set(seeds).size).toBe(4);
  const now = (await editor.document()).nodes['noise']?.params['seed'];
  await editor.results().last().click();
  await page.getByRole('button', { name: 'Open its graph' }).click();
  await expect(page.getByRole('tab')).toHaveCount(2);
  expect((await editor.document()).nodes['noise']?.params['seed']).toBe('7');
  expect(now).toBe('10');
});
