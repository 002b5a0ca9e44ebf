/** The tests' vocabulary: what a person does in the editor. */
import { expect, test as base, type Locator, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { documentSchema, type LoomDocument } from '../../engine/document/schema';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * A template on the test package, with few steps: the same graph, a hundredth of the work. The package draws 64 pixels;
 * a graph whose pictures have another size gives it.
 */
export function tinyTemplate(name: string, steps = 4, size?: number): LoomDocument {
  const json: unknown = JSON.parse(readFileSync(`${root}public/templates/${name}.json`, 'utf8'));
  const document = documentSchema.parse(json);
  for (const node of Object.values(document.nodes)) {
    if ('package' in node.params) node.params['package'] = 'tiny';
    if ('steps' in node.params) node.params['steps'] = steps;
    if (size !== undefined && node.type === 'latent/noise')
      node.params = { ...node.params, width: size, height: size };
  }
  return document;
}

/** *Text to image* on the package it names, with few steps. */
export function realTemplate(steps: number): LoomDocument {
  const document = documentSchema.parse(
    JSON.parse(readFileSync(`${root}public/templates/text-to-image.json`, 'utf8')),
  );
  for (const node of Object.values(document.nodes)) if ('steps' in node.params) node.params['steps'] = steps;
  return document;
}

/** Notes every step count that was on the page, however short: a test must not depend on being quick. */
const recordSteps = `(() => {
  const seen = (globalThis.seenSteps = []);
  new MutationObserver(() => {
    for (const bar of document.querySelectorAll('[role="progressbar"]')) {
      const text = bar.getAttribute('aria-valuetext');
      if (text !== null && text !== seen.at(-1)) seen.push(text);
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
})()`;

export class Editor {
  constructor(readonly page: Page) {}

  /** Opens the page; templates are served on the test package, or as the document given. */
  async open({
    template = 'text-to-image',
    steps = 4,
    document,
  }: { template?: string; steps?: number; document?: LoomDocument } = {}): Promise<void> {
    await this.page.route(/\/templates\/(?!index)[a-z-]+\.json$/, (route) => {
      const name = /templates\/(.+)\.json/.exec(route.request().url())?.[1] ?? '';
      return route.fulfill({
        json: document ?? tinyTemplate(name === 'text-to-image' ? template : name, steps),
      });
    });
    await this.page.addInitScript(recordSteps);
    await this.page.goto('/');
    await expect(this.page.locator('.react-flow__node').first()).toBeVisible({ timeout: 120_000 });
    await expect(this.badge).not.toContainText('Starting', { timeout: 120_000 });
    // The first fit of the canvas is over.
    await this.page.waitForTimeout(300);
  }
  get badge(): Locator {
    return this.page.getByRole('button', { name: /Computes on/ });
  }
  /** An empty graph in a tab of its own. */
  async empty(): Promise<void> {
    await this.page.getByRole('button', { name: 'New graph' }).click();
    await expect(this.page.getByText('An empty graph')).toBeVisible();
  }
  node(id: string): Locator {
    return this.page.locator(`.react-flow__node[data-id="${id}"]`);
  }
  port(id: string, side: 'in' | 'out', port: string): Locator {
    return this.node(id).locator(
      `.react-flow__handle.${side === 'in' ? 'target' : 'source'}[data-handleid="${port}"]`,
    );
  }
  wires(): Locator {
    return this.page.locator('.react-flow__edge');
  }
  /** The active document. */
  async document(): Promise<LoomDocument> {
    const text: unknown = await this.page.evaluate('loom.document()');
    return documentSchema.parse(JSON.parse(z.string().parse(text)));
  }
  async text(): Promise<string> {
    return z.string().parse(await this.page.evaluate('loom.document()'));
  }
  async live(): Promise<{ tensors: number; bytes: number; sessions: number }> {
    const found: unknown = await this.page.evaluate('loom.live()');
    return z.object({ tensors: z.number(), bytes: z.number(), sessions: z.number() }).parse(found);
  }
  /** Centre of something on the page. */
  async at(locator: Locator): Promise<{ x: number; y: number }> {
    const box = await locator.boundingBox();
    if (box === null) throw new Error('Not on the page.');
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }
  /** Presses, moves in steps as a hand does, lets go. */
  async drag(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
    await this.page.mouse.move(from.x, from.y);
    await this.page.mouse.down();
    await this.page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 5 });
    await this.page.mouse.move(to.x, to.y, { steps: 5 });
    await this.page.mouse.up();
  }
  async wire(from: [string, string], to: [string, string]): Promise<void> {
    await this.drag(
      await this.at(this.port(from[0], 'out', from[1])),
      await this.at(this.port(to[0], 'in', to[1])),
    );
  }
  /** Runs and waits for the end: so many pictures more. */
  async run(pictures = 1): Promise<void> {
    const before = await this.results().count();
    await this.page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(this.results()).toHaveCount(before + pictures, { timeout: 120_000 });
    await expect(this.page.getByRole('button', { name: 'Cancel', exact: true })).toBeHidden();
  }
  /** Progress texts that were shown so far. */
  async progress(): Promise<string[]> {
    return z.array(z.string()).parse(await this.page.evaluate('seenSteps'));
  }
  results(): Locator {
    return this.page.getByRole('region', { name: 'Results' }).getByRole('button', { name: /^Result:/ });
  }
}

/** A test with an editor; any error on the console fails it. */
export const test = base.extend<{ editor: Editor; faults: string[] }>({
  faults: async ({ page }, use) => {
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await use(faults);
    expect(faults).toEqual([]);
  },
  editor: async ({ page, faults }, use) => {
    expect(faults).toEqual([]);
    await use(new Editor(page));
  },
});
export { expect };
