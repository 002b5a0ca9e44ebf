import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './editor';

/** Rules broken on the page now, each with the elements. */
async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

test('Korean: every word of the shell, kept for the next visit', async ({ page, editor }) => {
  await editor.open();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'All commands' })).toBeFocused();
  await page.keyboard.type('한국어');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: '실행', exact: true })).toBeVisible();
  expect(await page.evaluate('document.documentElement.lang')).toBe('ko');
  await page.reload();
  await expect(page.getByRole('button', { name: '실행', exact: true })).toBeVisible();
});

test('a phone looks and runs', async ({ page, editor }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/');
  await editor.open();
  const list = page.getByRole('list', { name: 'Nodes in the order they run' });
  await list.getByRole('button', { name: /Text prompt/ }).click();
  await list.getByRole('textbox', { name: 'Prompt' }).fill('a red hat');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('img', { name: 'Picture', exact: true })).toBeVisible({ timeout: 60_000 });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  expect(await faults(page)).toEqual([]);
});

test('reload brings the tabs and the work back', async ({ page, editor }) => {
  await editor.open();
  await editor.node('prompt').getByRole('textbox', { name: 'Prompt' }).fill('kept 보관 🧵');
  await page.waitForTimeout(1000);
  await page.reload();
  await expect(editor.node('prompt').getByRole('textbox', { name: 'Prompt' })).toHaveValue('kept 보관 🧵');
  await expect(page.getByRole('tab')).toHaveCount(1);
});
