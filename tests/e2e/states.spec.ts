/**
 * Every state of the page, by light and in the dark: axe finds nothing in any of them.
 * With LOOM_SCREENS=1 those that are kept to be looked at are written to tests/e2e/screens.
 */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, root, test, tinyTemplate } from './editor';

/** Rules broken on the page now, each with the elements. */
async function faults(page: Page): Promise<string[]> {
  // Base UI's focus guards take the focus for an instant and hand it on; nobody can rest on them, which axe cannot know.
  const { violations } = await new AxeBuilder({ page }).exclude('[data-base-ui-focus-guard]').analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

/** Looks at one state after another and tells at the end what was wrong in which. */
class Looker {
  readonly found: Record<string, string[]> = {};
  constructor(
    readonly page: Page,
    readonly suffix: string,
  ) {}
  async look(state: string): Promise<void> {
    // What fades or slides in has arrived.
    await this.page.waitForTimeout(400);
    if (process.env['LOOM_SCREENS'] !== undefined)
      await this.page.screenshot({
        path: `${root}tests/e2e/screens/${state.replaceAll(' ', '-')}${this.suffix}.jpg`,
        type: 'jpeg',
        quality: 68,
      });
    const broken = await faults(this.page);
    if (broken.length > 0) this.found[state] = broken;
  }
}

const canvas = '#canvas';
test.use({ actionTimeout: 30_000 });

for (const scheme of ['light', 'dark'] as const) {
  const suffix = scheme === 'dark' ? '-dark' : '';

  test(`the canvas and its panels (${scheme})`, async ({ page, editor }) => {
    test.setTimeout(400_000);
    await page.emulateMedia({ colorScheme: scheme });
    const looker = new Looker(page, suffix);
    await editor.open({ steps: 8 });
    await looker.look('first visit');
    await editor.run();
    await looker.look('done');

    const a = await editor.at(editor.port('sampler', 'out', 'latent'));
    const b = await editor.at(editor.port('decode', 'in', 'latent'));
    await page.mouse.click((a.x + b.x) / 2, (a.y + b.y) / 2);
    const panel = page.getByRole('complementary', { name: 'Inspector' });
    await expect(panel).toContainText('Sampler › Latent');
    await looker.look('inspector');
    await panel.getByRole('tab', { name: 'Channels' }).click();
    await looker.look('inspector channels');
    await panel.getByRole('button', { name: 'Show the steps of this sampling' }).click();
    await expect(page.getByRole('complementary', { name: 'Trajectory' })).toContainText('step 8 of 8');
    await looker.look('trajectory');
    await editor.node('sampler').getByText('Sampler').first().click();
    await page.keyboard.press('F1');
    await looker.look('documentation');
    await page.locator(canvas).focus();
    await page.keyboard.press('Alt+5');
    await page.getByRole('button', { name: 'Text prompt', expanded: false }).click();
    await looker.look('list');
    await page.keyboard.press('Alt+4');
    await looker.look('no problems');
    // A sampler without its denoiser: problems, and a node that cannot run.
    await editor.node('unet').getByText('U-Net').first().click();
    await page.keyboard.press('Delete');
    await looker.look('problems');
    expect(looker.found).toEqual({});
  });

  test(`dialogs and menus (${scheme})`, async ({ page, editor }) => {
    test.setTimeout(400_000);
    await page.emulateMedia({ colorScheme: scheme });
    const looker = new Looker(page, suffix);
    await editor.open();
    await editor.run();
    for (const [key, state] of [
      ['Control+k', 'commands'],
      ['Alt+t', 'templates'],
      ['Shift+?', 'hotkeys'],
      ['Control+,', 'settings'],
      ['Control+f', 'find'],
      ['Alt+s', 'share'],
      ['w', 'wiring by keys'],
    ] as const) {
      await page.locator(canvas).focus();
      await page.keyboard.press(key);
      await expect(page.getByRole('dialog')).toBeVisible();
      await looker.look(state);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toBeHidden();
    }
    for (const [name, state] of [
      ['Earlier versions', 'versions'],
      ['About', 'about'],
    ] as const) {
      await page.locator(canvas).focus();
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'All commands' }).fill(name);
      await page.keyboard.press('Enter');
      await expect(page.getByRole('dialog', { name: 'All commands' })).toBeHidden();
      await expect(page.getByRole('dialog')).toBeVisible();
      await looker.look(state);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toBeHidden();
    }
    await editor.results().first().click();
    await looker.look('result');
    await page.keyboard.press('Escape');
    await editor.badge.click();
    await looker.look('what computes');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Menu', exact: true }).click();
    await looker.look('menu');
    await page.keyboard.press('Escape');
    await editor.node('sampler').getByText('Sampler').first().click({ button: 'right' });
    await looker.look('node menu');
    await page.keyboard.press('Escape');
    await editor.node('sampler').getByRole('combobox', { name: 'Sampler' }).click();
    await expect(page.getByRole('listbox')).toBeVisible();
    await looker.look('list of a select');
    await page.keyboard.press('Escape');
    expect(looker.found).toEqual({});
  });

  test(`wires, errors, a shared graph (${scheme})`, async ({ page, editor }) => {
    test.setTimeout(400_000);
    await page.emulateMedia({ colorScheme: scheme });
    await page.route('**/models/tiny/vae_decoder.safetensors', (route) => route.fulfill({ status: 404 }));
    await page.addInitScript('caches.delete("loom-model-files-1")');
    const looker = new Looker(page, suffix);
    await editor.open();
    const from = await editor.at(editor.port('sampler', 'out', 'latent'));
    const to = await editor.at(editor.port('image', 'in', 'image'));
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move((from.x + to.x) / 2, from.y + 80, { steps: 5 });
    await page.mouse.move(to.x, to.y, { steps: 6 });
    await expect(page.getByRole('status').filter({ hasText: 'wanted is Image' })).toBeVisible();
    await looker.look('wire in the hand');
    await page.mouse.up();
    await expect(page.getByRole('alertdialog')).toBeVisible();
    await looker.look('refused wire');
    await page.keyboard.press('Escape');
    // Below Decode, where nothing stands.
    await editor.drag(from, { x: from.x + 60, y: from.y + 140 });
    await expect(page.getByText('Nodes that take “Latent”')).toBeVisible();
    await looker.look('palette');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(editor.node('decode').getByRole('alert')).toContainText('vae_decoder.safetensors');
    await looker.look('error');
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
    await page.keyboard.press('Escape');
    await page.evaluate((href) => location.assign(href), link);
    await expect(page.getByRole('button', { name: 'Make it mine' })).toBeVisible();
    await looker.look('shared graph');
    await editor.empty();
    await looker.look('empty');
    expect(looker.found).toEqual({});
  });
}

test('painters, several pictures, frames and notes', async ({ page, editor }) => {
  const document = tinyTemplate('map-to-image');
  await editor.open({ document });
  const looker = new Looker(page, '');
  await editor.node('map').hover();
  await expect(editor.node('map').getByRole('application')).toBeVisible();
  await editor.node('sampler').getByText('Sampler').first().click();
  await page.keyboard.press('Control+g');
  await page.locator(canvas).focus();
  await page.keyboard.press('n');
  await looker.look('painter');
  expect(looker.found).toEqual({});
});

test('a phone, in English and Korean', async ({ page, editor }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const looker = new Looker(page, '');
  await editor.open();
  const list = page.getByRole('list', { name: 'Nodes in the order they run' });
  await list.getByRole('button', { name: /Text prompt/ }).click();
  await looker.look('phone list');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('img', { name: 'Picture', exact: true })).toBeVisible({ timeout: 60_000 });
  await looker.look('phone picture');
  await page.getByRole('navigation').getByRole('button', { name: 'Graph' }).click();
  await looker.look('phone canvas');
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  await page.evaluate('localStorage.setItem("loom.preferences", JSON.stringify({ locale: "ko" }))');
  await page.reload();
  await expect(page.getByRole('button', { name: '실행', exact: true })).toBeVisible();
  await looker.look('phone Korean');
  expect(looker.found).toEqual({});
});
