/**
 * Moves the inline scripts of Next's pages into files, so that the content security policy needs no exception for
 * them: no nonce (the pages are static), no hash that changes with every build.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An inline script: no `src`, and of a type that is executed. */
const inline = /<script(?![^>]*\bsrc=)(?<attributes>[^>]*)>(?<code>[^]*?)<\/script>/g;

/**
 * @param {string} html a page
 * @param {(code: string) => string} place keeps a script and says its address
 * @returns {string} the same page without inline scripts; neighbours share a file, in their order
 */
export function withoutInlineScripts(html, place) {
  /** @type {{ from: number, to: number, code: string, attributes: string }[]} */
  const runs = [];
  for (const found of html.matchAll(inline)) {
    const { attributes = '', code = '' } = found.groups ?? {};
    const type = /\btype="([^"]*)"/.exec(attributes)?.[1] ?? '';
    if (!['', 'text/javascript', 'module'].includes(type)) continue;
    const last = runs.at(-1);
    const to = found.index + found[0].length;
    if (last !== undefined && last.to === found.index && last.attributes === attributes) {
      last.to = to;
      last.code += `\n;${code}`;
    } else runs.push({ from: found.index, to, code, attributes });
  }
  let out = html;
  for (const { from, to, code, attributes } of runs.toReversed())
    out = `${out.slice(0, from)}<script${attributes} src="${place(code)}"></script>${out.slice(to)}`;
  return out;
}

/**
 * Rewrites pages in place.
 * @param {readonly string[]} pages files of HTML
 * @param {string} folder of `/_next/static/`
 */
export function moveInlineScripts(pages, folder) {
  mkdirSync(join(folder, 'inline'), { recursive: true });
  for (const page of pages) {
    const html = readFileSync(page, 'utf8');
    const moved = withoutInlineScripts(html, (code) => {
      const name = `${createHash('sha256').update(code).digest('hex').slice(0, 20)}.js`;
      writeFileSync(join(folder, 'inline', name), code);
      return `/_next/static/inline/${name}`;
    });
    if (moved !== html) writeFileSync(page, moved);
  }
}
