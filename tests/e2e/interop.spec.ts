/** A ComfyUI graph is dropped: it opens with a report, in both languages, and goes back out as it came. */
import { AxeBuilder } from '@axe-core/playwright';
import { readFileSync } from 'node:fs';
import { foreign } from '../interop/comfy-files';
import { expect, test } from './editor';

const give = `({ text, name }) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, { type: 'application/json' }));
  for (const kind of ['dragenter', 'dragover', 'drop'])
    document.querySelector('.react-flow__pane').dispatchEvent(
      new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true, clientX: 500, clientY: 400 }));
}`;

test('a dropped ComfyUI workflow opens with its report and is exported again', async ({ page, editor }) => {
  await editor.open();
  await page.evaluate(
    `(${give})(${JSON.stringify({ text: JSON.stringify(foreign), name: 'portrait.json' })})`,
  );
  const report = page.getByRole('dialog', { name: 'Opened from ComfyUI' });
  await expect(report).toBeVisible();
  await expect(report).toContainText('v1-5-pruned-emaonly.ckpt');
  await expect(report).toContainText('Prompt Styler');
  expect((await new AxeBuilder({ page }).include('[role="dialog"]').analyze()).violations).toEqual([]);
  await page.screenshot({ path: 'test-results/interop-en.png' });
  await report.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('tab', { name: /portrait/ })).toBeVisible();
  await expect(editor.node('3')).toBeVisible();
  const downloading = page.waitForEvent('download');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('Export as ComfyUI workflow');
  await page.keyboard.press('Enter');
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('portrait.json');
  const exported: unknown = JSON.parse(readFileSync(await download.path(), 'utf8'));
  expect(exported).toMatchObject({ nodes: foreign['nodes'], links: foreign['links'] });
});
