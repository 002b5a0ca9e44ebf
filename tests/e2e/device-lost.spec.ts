/** The GPU goes away in the middle of a run: it is said, and resuming goes on from what was copied. */
import { chromium } from '@playwright/test';
import { z } from 'zod';
import { Editor, expect, test } from './editor';

/** In the engine's worker: notes what is told to the page, and destroys the device when the decoder begins, once. */
const losing = `
  globalThis.told = [];
  let device;
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...given) {
    return (device = await request.apply(this, given));
  };
  const post = self.postMessage;
  let lost = false;
  self.postMessage = function (message, ...rest) {
    told.push([message.type, message.node ?? ''].join(' ').trim());
    post.call(self, message, ...rest);
    if (!lost && message.type === 'node-started' && message.node === 'decode') {
      lost = true;
      device.destroy();
    }
  };
`;

test('a lost GPU is said, and resuming draws the picture without sampling again', async ({ baseURL }) => {
  // A GPU in software on a machine that others use.
  test.setTimeout(480_000);
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      '--enable-features=Vulkan',
    ],
  });
  try {
    const page = await browser.newPage({
      ...(baseURL === undefined ? {} : { baseURL }),
      viewport: { width: 1440, height: 900 },
    });
    await page.addInitScript(`localStorage.setItem('loom.preferences', '{"backend":"webgpu"}')`);
    const editor = new Editor(page);
    await editor.open({ steps: 3 });
    const engine = page
      .workers()
      .find((worker) => worker.url().includes('engine') || worker.url().includes('worker'));
    if (engine === undefined) throw new Error('no engine');
    await engine.evaluate(losing);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(page.getByText('The GPU was lost')).toBeVisible({ timeout: 200_000 });
    await expect(editor.badge).toContainText('Engine stopped');
    const told = async () => z.array(z.string()).parse(await engine.evaluate('told.splice(0)'));
    const before = await told();
    expect(before).toContain('node-finished sampler');
    expect(before).not.toContain('node-finished decode');
    await page.getByRole('button', { name: 'Resume', exact: true }).click();
    await expect(editor.results()).toHaveCount(1, { timeout: 200_000 });
    await expect(editor.badge).toContainText('WebGPU');
    const after = await told();
    expect(after).toContain('node-cached sampler');
    expect(after).toContain('node-finished decode');
    expect(after).not.toContain('node-started sampler');
    // The old device's tensors are gone with it.
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(page.getByRole('button', { name: 'Cancel', exact: true })).toBeHidden();
  } finally {
    await browser.close();
  }
});
