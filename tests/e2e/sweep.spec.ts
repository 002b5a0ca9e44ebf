import { expect, test } from './editor';

test('a range over guidance and four seeds make one labelled picture each', async ({ page, editor }) => {
  await editor.open();
  // By mouse: right click on the setting's name.
  await editor.node('unet').getByText('Guidance', { exact: true }).click({ button: 'right' });
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('heading', { name: 'Sweep Guidance' })).toBeVisible();
  await dialog.getByLabel(/^From/).fill('1');
  await dialog.getByLabel(/^To/).fill('5');
  await dialog.getByLabel(/^How many/).fill('3');
  await expect(dialog.getByText('1 · 3 · 5')).toBeVisible();
  await expect(dialog.getByText('3 pictures')).toBeVisible();
  await dialog.getByRole('button', { name: 'Sweep', exact: true }).click();
  await expect(
    editor.node('unet').getByRole('button', { name: /^Guidance is swept over 3 values/ }),
  ).toBeVisible();

  // By keyboard: the node's own command.
  await editor.node('noise').click({ position: { x: 60, y: 12 } });
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('Sweep');
  await page.keyboard.press('Enter');
  await dialog.getByRole('combobox', { name: 'Setting' }).click();
  await page.getByRole('option', { name: 'Seed', exact: true }).click();
  await dialog.getByLabel('How many').fill('2');
  await expect(dialog.getByText('6 pictures')).toBeVisible();
  await dialog.getByRole('button', { name: 'Sweep', exact: true }).click();

  await expect(page.getByRole('button', { name: /^Run.*×6/ })).toBeVisible();
  await page.getByRole('button', { name: /^Run.*×6/ }).click();
  await expect(editor.results()).toHaveCount(6, { timeout: 120_000 });
  const shown = editor.node('image').getByRole('img', { name: /^Picture of Image: / });
  await expect(shown).toHaveCount(6);
  await expect(shown.first()).toHaveAccessibleName('Picture of Image: 1 · 7');
  await expect(shown.last()).toHaveAccessibleName('Picture of Image: 5 · 8');

  // Each result opens as the graph of that one picture.
  await editor.results().first().click();
  await expect(dialog.getByText('5 · 8', { exact: true })).toBeVisible();
  await dialog.getByRole('button', { name: 'Open its graph' }).click();
  const opened = await editor.document();
  expect(opened.sweeps).toEqual({});
  expect([opened.nodes['unet']?.params['guidance'], opened.nodes['noise']?.params['seed']]).toEqual([5, '8']);
});

test('a sweep is taken out again, and undo brings it back', async ({ page, editor }) => {
  await editor.open();
  await editor.node('unet').getByText('Guidance', { exact: true }).click({ button: 'right' });
  await page.getByRole('dialog').getByRole('button', { name: 'Sweep', exact: true }).click();
  const chip = editor.node('unet').getByRole('button', { name: /^Guidance is swept/ });
  await chip.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take out' }).click();
  await expect(chip).toHaveCount(0);
  expect((await editor.document()).sweeps).toEqual({});
  await page.getByRole('button', { name: /^Undo: / }).click();
  await expect(chip).toBeVisible();
});
