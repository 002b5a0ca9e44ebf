/** Look inside: what the panels say about a graph that really ran. */
import { readFileSync } from 'node:fs';
import { expect, test } from './editor';

test('a latent: views, numbers, difference, decoded, saved', async ({ page, editor }) => {
  await editor.open();
  await editor.run();
  const panel = page.getByRole('complementary', { name: 'Inspector' });
  const a = await editor.at(editor.port('sampler', 'out', 'latent'));
  const b = await editor.at(editor.port('decode', 'in', 'latent'));
  await page.mouse.click((a.x + b.x) / 2, (a.y + b.y) / 2);
  await expect(panel).toContainText('Sampler › Latent');
  await expect(panel.getByRole('table')).toContainText('mean');
  const rows = panel.getByRole('row');
  const channels = (await rows.count()) - 2;
  expect(channels).toBeGreaterThan(0);
  await panel.getByRole('tab', { name: 'Channels' }).click();
  await expect(panel.getByRole('img', { name: /^Channel \d/ })).toHaveCount(channels);
  await panel.getByRole('img', { name: 'Channel 0' }).hover();
  await expect(panel.getByText(/^\(\d+, \d+\)/)).toBeVisible();
  await panel.getByRole('tab', { name: 'Decoded' }).click();
  await expect(panel.getByRole('img', { name: 'The latent, decoded' })).toBeVisible({ timeout: 30_000 });

  // Pinned, then compared with itself after the seed changed.
  await panel.getByRole('button', { name: 'Pin beside' }).click();
  await editor.node('noise').getByRole('textbox', { name: 'Seed' }).fill('12345');
  await editor.run();
  await panel.getByRole('button', { name: 'Difference to this' }).click();
  await expect(panel.getByText('RMS difference')).toBeVisible();

  const waiting = page.waitForEvent('download');
  await panel.getByRole('button', { name: 'Save value' }).last().click();
  await page.getByRole('menuitem', { name: '.npy' }).click();
  const file = readFileSync(await (await waiting).path());
  expect(file.subarray(1, 6).toString('latin1')).toBe('NUMPY');
  expect(file.toString('latin1', 0, 200)).toContain("'descr': '<f4'");
});

test('a sampling: scrubbed, played, decoded, branched from', async ({ page, editor }) => {
  await editor.open({ steps: 6 });
  await editor.run();
  await page.getByRole('button', { name: 'Trajectory' }).click();
  const panel = page.getByRole('complementary', { name: 'Trajectory' });
  await expect(panel).toContainText('step 6 of 6');
  const scrubber = panel.getByRole('slider', { name: 'Step', exact: true });
  await scrubber.focus();
  await page.keyboard.press('Home');
  await expect(panel).toContainText('step 1 of 6');
  await panel.getByText('As a table').click();
  await expect(panel.getByRole('row')).toHaveCount(7);
  await panel.getByRole('button', { name: 'Play' }).click();
  await expect(panel).toContainText('step 4 of 6');
  await panel.getByRole('button', { name: 'Pause' }).click();
  await panel.getByRole('button', { name: 'Decoded' }).click();
  await expect(panel.getByRole('img', { name: 'x̂₀, predicted' })).toBeVisible({ timeout: 30_000 });
  await scrubber.focus();
  await page.keyboard.press('Home');
  for (let n = 0; n < 3; n++) await page.keyboard.press('ArrowRight');
  const before = Object.keys((await editor.document()).nodes).length;
  await panel.getByRole('button', { name: 'Branch from step 4' }).click();
  await expect.poll(async () => Object.keys((await editor.document()).nodes).length).toBeGreaterThan(before);
  const values = Object.values((await editor.document()).nodes).map(({ params }) => params['endStep']);
  expect(values).toContain(3);
});
