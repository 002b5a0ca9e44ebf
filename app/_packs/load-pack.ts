/**
 * Loading node packs, alike in the page, in the worker and on Node. A pack is one ES module. It may import `zod` and
 * `latent-loom/engine`, and gets those that are running: no second copy, nothing to install, and no bundler for a pack
 * of one file. Any other import is refused, so that a pack reads no file and fetches nothing while it is loaded.
 * docs/decisions/0038-node-packs.md has the reasons.
 */
import { LoomError, packOf, toLoomError, type NodePack } from '@/engine/types';

/** Where modules made here find the host's: blob and data URLs cannot name files. */
const hostKey = Symbol.for('latent-loom.node-packs');
type Host = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

async function hostModules(): Promise<Host> {
  const [zod, engine] = await Promise.all([import('./host-zod'), import('@/engine/types')]);
  return { zod: { ...zod, z: zod, default: zod }, 'latent-loom/engine': engine };
}

/** A module that exports again what the host has under this name. */
function shim(specifier: string, exports: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(exports).filter((name) => name !== 'default' && /^[\w$]+$/.test(name));
  return [
    `const host = globalThis[Symbol.for(${JSON.stringify(hostKey.description)})][${JSON.stringify(specifier)}];`,
    // Names of exports may be reserved words (`enum`), those of constants may not.
    ...names.map(
      (name, index) => `const e${index} = host[${JSON.stringify(name)}]; export { e${index} as ${name} };`,
    ),
  ].join('\n');
}

/** The address of a module made of text. Node knows no blobs of modules; pages forbid `data:` scripts. */
function address(code: string): { readonly url: string; release(): void } {
  if (!('document' in globalThis) && !('importScripts' in globalThis))
    return { url: `data:text/javascript;charset=utf-8,${encodeURIComponent(code)}`, release() {} };
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  return { url, release: () => URL.revokeObjectURL(url) };
}

const refusal = (file: string, why: string, cause?: unknown): LoomError =>
  new LoomError(
    'bad-input',
    `The node pack ${file} cannot be loaded: ${why}`,
    { file },
    { fix: 'A pack is one ES module in JavaScript; bundle what else it needs into it.', cause },
  );

/**
 * Runs a pack's code and gives its nodes.
 * @param source the module's text, JavaScript
 * @param file its name, for errors
 * @throws LoomError `bad-input` when it is no JavaScript, imports anything else, fails while loading, or is no pack
 */
export async function loadPack(source: string, file: string): Promise<NodePack> {
  const { init, parse } = await import('es-module-lexer');
  // A promise, though typed as a function's result in some builds.
  await Promise.resolve(init);
  const host = await hostModules();
  Reflect.set(globalThis, hostKey, host);
  const made: { readonly url: string; release(): void }[] = [];
  const make = (code: string): string => {
    const module = address(code);
    made.push(module);
    return module.url;
  };
  try {
    let imports: ReturnType<typeof parse>[0];
    try {
      [imports] = parse(source, file);
    } catch (cause) {
      throw refusal(file, toLoomError(cause).message, cause);
    }
    const shims = new Map<string, string>();
    let code = '';
    let at = 0;
    for (const found of imports) {
      if (found.type === 'import-meta') continue;
      const { specifier, start, end } = found;
      const exports = specifier !== undefined && Object.hasOwn(host, specifier) ? host[specifier] : undefined;
      if (specifier === undefined || exports === undefined || found.type === 'dynamic') {
        const what = specifier === undefined ? 'something by a computed name' : `"${specifier}"`;
        throw refusal(file, `it imports ${what}; only zod and latent-loom/engine can be, at its top.`);
      }
      const url = shims.get(specifier) ?? make(shim(specifier, exports));
      shims.set(specifier, url);
      code += source.slice(at, start) + url;
      at = end;
    }
    code += `${source.slice(at)}\n//# sourceURL=${file.replaceAll(/\s/g, '-')}`;
    let exports: Record<string, unknown>;
    try {
      exports = (await import(/* turbopackIgnore: true */ /* @vite-ignore */ make(code))) as Record<
        string,
        unknown
      >;
    } catch (cause) {
      throw refusal(file, toLoomError(cause).message, cause);
    }
    return packOf(exports, file);
  } finally {
    for (const each of made) each.release();
  }
}
