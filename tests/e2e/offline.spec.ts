import { expect, test } from './editor';

test.use({ serviceWorkers: 'allow' });

test('once loaded and run, the page opens and runs offline', async ({ page, editor, context, faults }) => {
  await page.goto('/');
  await expect(page.locator('.react-flow__node').first()).toBeVisible({ timeout: 60_000 });
  await page.evaluate('navigator.serviceWorker.ready');
  const choose = async (): Promise<void> => {
    await editor.node('package').getByRole('combobox', { name: 'Package' }).click();
    await page.getByRole('option', { name: /Tiny/ }).click();
  };
  await choose();
  // Work is kept within a second.
  await page.waitForTimeout(1500);
  // The first fetches of wasm went past the worker that was just installing: one more visit.
  await page.reload();
  await expect(page.locator('.react-flow__node').first()).toBeVisible();
  await editor.run();
  await context.setOffline(true);
  await page.reload();
  await expect(page.locator('.react-flow__node').first()).toBeVisible();
  // Another picture: the same graph drawn again is the result that came back with the page.
  await editor.node('prompt').getByRole('textbox', { name: 'Prompt' }).fill('a green hat');
  await editor.run();
  await context.setOffline(false);
  // Requests that the network refuses are said on the console and are what this test is about.
  faults.length = 0;
});
