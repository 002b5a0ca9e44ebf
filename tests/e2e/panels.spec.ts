import { expect, test } from './editor';

test('a panel whose code is on its way leaves the canvas where it is', async ({ page, editor }) => {
  await editor.open();
  await page.mouse.move(700, 700);
  await page.waitForLoadState('networkidle');
  // From here on code comes slowly.
  await page.route(/_next\/static\/chunks\/.*\.js/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue();
  });
  // The canvas, looked at in every frame.
  await page.evaluate(`
    globalThis.hiddenFrames = 0;
    const look = () => {
      if (document.querySelector('#canvas')?.checkVisibility() !== true) hiddenFrames++;
      requestAnimationFrame(look);
    };
    look();
  `);
  const panels = page.getByRole('navigation', { name: 'Panels' });
  const panelTexts = [
    ['Documentation', 'Select a node to read about it.'],
    ['Graph as list', 'Text prompt'],
  ] as const;
  for (const [name, text] of panelTexts) {
    await panels.getByRole('button', { name }).click();
    const panel = page.getByRole('complementary', { name });
    await expect(panel).toBeVisible();
    await expect(panel.getByText(text).first()).toBeVisible();
  }
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible();
  expect(await page.evaluate('hiddenFrames')).toBe(0);
});
