import { expect, test, tinyTemplate } from './editor';

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

test('diagnostics speak Korean where the page does: sizes, not only sentences', async ({ page, editor }) => {
  const document = tinyTemplate('text-to-image');
  const { noise } = document.nodes;
  if (!noise) throw new Error('the template has changed');
  noise.params['width'] = 250;
  await editor.open({ document });
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'All commands' })).toBeFocused();
  await page.keyboard.type('한국어');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: '실행', exact: true })).toBeVisible();
  await page.keyboard.press('Alt+4');
  const problems = page.getByRole('complementary', { name: '문제' });
  await expect(problems).toContainText('노이즈: “너비”이(가) 250인데 8의 배수이어야 합니다.');
  await expect(problems).not.toContainText('multiple');
});
