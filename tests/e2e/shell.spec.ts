import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './editor';

/** Rules broken on the page now, each with the elements. */
async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

for (const scheme of ['light', 'dark'] as const)
  // Issue 6, open: labels on React Flow's handles (aria-prohibited-attr) and what lies behind them.
  test.fixme(`axe finds nothing in any state (${scheme})`, async ({ page, editor }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await editor.open();
    const found: Record<string, string[]> = {};
    const look = async (state: string): Promise<void> => {
      const broken = await faults(page);
      if (broken.length > 0) found[state] = broken;
    };
    await look('first visit');
    await editor.run();
    await look('done');
    for (const [key, state] of [
      ['Alt+2', 'inspector'],
      ['Alt+3', 'trajectory'],
      ['F1', 'documentation'],
      ['Alt+4', 'problems'],
      ['Alt+5', 'list'],
    ] as const) {
      if (state === 'documentation') await editor.node('sampler').getByText('Sampler').first().click();
      await page.keyboard.press(key);
      await page.waitForTimeout(800);
      await look(state);
    }
    for (const [key, state] of [
      ['Control+k', 'commands'],
      ['Alt+t', 'templates'],
      ['Shift+?', 'hotkeys'],
      ['Control+,', 'settings'],
      ['Control+f', 'find'],
      ['Alt+s', 'share'],
    ] as const) {
      await page.locator('#canvas').focus();
      await page.keyboard.press(key);
      await expect(page.getByRole('dialog')).toBeVisible();
      await page.waitForTimeout(500);
      await look(state);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toBeHidden();
    }
    expect(found).toEqual({});
  });

// Issue 6, open: not yet seen to pass.
test.fixme('Korean: every word of the shell, kept for the next visit', async ({ page, editor }) => {
  await editor.open();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('한국어');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: '실행', exact: true })).toBeVisible();
  expect(await page.evaluate('document.documentElement.lang')).toBe('ko');
  await page.reload();
  await expect(page.getByRole('button', { name: '실행', exact: true })).toBeVisible();
});

// Issue 6, open: not yet seen to pass.
test.fixme('a phone looks and runs', async ({ page, editor }) => {
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

// Issue 6, open: not yet seen to pass.
test.fixme('reload brings the tabs and the work back', async ({ page, editor }) => {
  await editor.open();
  await editor.node('prompt').getByRole('textbox', { name: 'Prompt' }).fill('kept 보관 🧵');
  await page.waitForTimeout(1000);
  await page.reload();
  await expect(editor.node('prompt').getByRole('textbox', { name: 'Prompt' })).toHaveValue('kept 보관 🧵');
  await expect(page.getByRole('tab')).toHaveCount(1);
});
