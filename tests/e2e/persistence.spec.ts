/** What is made is not lost: files, tabs, a reload, a closed page, a crashed worker, a link that is too long. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import en from '../../app/_i18n/en/messages.json' with { type: 'json' };
import { serialise } from '../../engine';
import { expect, test, tinyTemplate } from './editor';

/** The browser's own pickers cannot be driven: without them the page falls back to upload and download. */
const withoutPickers = 'delete globalThis.showOpenFilePicker; delete globalThis.showSaveFilePicker;';

test('saved as a file and opened again, it is the same graph', async ({ page, editor }) => {
  await page.addInitScript(withoutPickers);
  await editor.open();
  await editor.node('prompt').getByRole('textbox', { name: 'Prompt' }).fill('저장 😀 שלום');
  await page.locator('#canvas').focus();
  const waiting = page.waitForEvent('download');
  await page.keyboard.press('Control+s');
  const download = await waiting;
  expect(download.suggestedFilename()).toBe('Text to image.json');
  const path = await download.path();
  const text = await editor.text();
  expect(readFileSync(path, 'utf8')).toBe(text);
  await editor.empty();
  const choosing = page.waitForEvent('filechooser');
  await page.keyboard.press('Control+o');
  await (await choosing).setFiles(path);
  await expect(editor.node('prompt').getByRole('textbox', { name: 'Prompt' })).toHaveValue('저장 😀 שלום');
  expect(await editor.text()).toBe(text);
});

test('several tabs, each with its own graph, results and history, come back after the page was closed', async ({
  page,
  editor,
  context,
}) => {
  await editor.open();
  await editor.run();
  await editor.empty();
  await page.locator('#canvas').focus();
  await page.mouse.move(700, 300);
  await page.keyboard.press('n');
  await editor.node('note:note').getByRole('textbox').fill('second tab');
  // What flows in the first tab is not shown as the second one's.
  await page.getByRole('tab', { name: 'Text to image' }).click();
  await expect(editor.node('image').getByRole('img', { name: 'Picture of Image' })).toBeVisible();
  await page.getByRole('tab', { name: 'Untitled' }).click();
  await page.waitForTimeout(1000);
  await page.close();
  const again = await context.newPage();
  await again.goto('/');
  await expect(again.getByRole('tab')).toHaveCount(2);
  await expect(again.getByRole('tab', { name: 'Untitled' })).toHaveAttribute('aria-selected', 'true');
  await expect(again.locator('[data-id="note:note"]').getByRole('textbox')).toHaveValue('second tab');
});

test('the inspector shows a tab its own values only', async ({ page, editor }) => {
  await editor.open();
  await editor.run();
  await page.keyboard.press('Alt+2');
  const panel = page.getByRole('complementary', { name: 'Inspector' });
  await editor.node('sampler').getByText('Sampler').first().click();
  await expect(panel.getByRole('table')).toContainText('mean');
  // The same graph, opened beside it, has not run.
  const text = await editor.text();
  await page.evaluate(`(() => {
    const data = new DataTransfer();
    data.setData('text/plain', ${JSON.stringify(text)});
    document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  })()`);
  await expect(page.getByRole('tab')).toHaveCount(2);
  await editor.node('sampler').getByText('Sampler').first().click();
  await expect(panel).toContainText('Sampler › Latent');
  await expect(panel.getByRole('table')).toHaveCount(0);
  await page.getByRole('tab').first().click();
  await editor.node('sampler').getByText('Sampler').first().click();
  await expect(panel.getByRole('table')).toContainText('mean');
});

test('a crashed engine is said, costs no work, and the next run starts another', async ({
  page,
  editor,
  faults,
}) => {
  await editor.open();
  await editor.run();
  await editor.node('prompt').getByRole('textbox', { name: 'Prompt' }).fill('still here');
  const text = await editor.text();
  const engine = page
    .workers()
    .find((worker) => worker.url().includes('engine') || worker.url().includes('worker'));
  expect(engine).toBeDefined();
  await engine?.evaluate('setTimeout(() => { throw new Error("the engine fell over"); })');
  await expect(editor.badge).toContainText(en.backend.failed);
  expect(await editor.text()).toBe(text);
  // Within a second it is stored, crash or not.
  await page.waitForTimeout(1000);
  await page.reload();
  await expect(editor.node('prompt').getByRole('textbox', { name: 'Prompt' })).toHaveValue('still here');
  expect(await editor.text()).toBe(text);
  await editor.run();
  // The worker's own error is what this test is about.
  faults.length = 0;
});

test('a run started after a crash runs', async ({ page, editor, faults }) => {
  await editor.open();
  await editor.run();
  const engine = page
    .workers()
    .find((worker) => worker.url().includes('engine') || worker.url().includes('worker'));
  await engine?.evaluate('setTimeout(() => { throw new Error("the engine fell over"); })');
  await expect(editor.badge).toContainText(en.backend.failed);
  await editor.node('prompt').getByRole('textbox', { name: 'Prompt' }).fill('after the fall');
  await editor.run();
  faults.length = 0;
});

test('a shared graph survives a reload, and is one’s own after that', async ({ page, editor }) => {
  await editor.open();
  await editor.node('prompt').getByRole('textbox', { name: 'Prompt' }).fill('from a link');
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
  const text = await editor.text();
  await page.keyboard.press('Escape');
  await page.evaluate((href) => location.assign(href), link);
  const mine = page.getByRole('button', { name: 'Make it mine' });
  await expect(mine).toBeVisible();
  await page.reload();
  await expect(mine).toBeVisible();
  expect(await editor.text()).toBe(text);
  await mine.click();
  expect(new URL(page.url()).hash).toBe('');
  await page.waitForTimeout(1000);
  await page.reload();
  await expect(page.getByRole('tab')).toHaveCount(2);
  await expect(mine).toBeHidden();
});

test('a link that would be too long is refused with what makes it so', async ({ page, editor }) => {
  const document = tinyTemplate('text-to-image');
  // A picture that no compression makes small: digests have no pattern, and are the same each time.
  const noise = Buffer.concat(
    Array.from({ length: 1900 }, (_, at) => createHash('sha256').update(String(at)).digest()),
  );
  document.nodes['load'] = {
    type: 'image/load',
    version: 1,
    title: 'The heavy one',
    params: { image: `data:image/png;base64,${noise.toString('base64')}` },
    position: { x: 0, y: 900 },
  };
  await editor.open({ document });
  expect(serialise(await editor.document()).length).toBeGreaterThan(40_000);
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Share this graph' });
  await expect(dialog).toContainText('The heavy one');
  await expect(dialog.getByRole('button', { name: 'Copy' })).toHaveCount(0);
  await expect(dialog.getByRole('button', { name: 'Save file' })).toBeEnabled();
});
