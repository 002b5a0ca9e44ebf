/** Inline scripts leave the built pages, in their order; nothing else changes. */
import { describe, expect, it } from 'vitest';
import { withoutInlineScripts } from '@/app/_offline/inline-scripts.mjs';

const moved = (html: string) => {
  const codes: string[] = [];
  const out = withoutInlineScripts(html, (code: string) => {
    codes.unshift(code);
    return `/s${codes.length}.js`;
  });
  return { out, codes };
};

describe('inline scripts', () => {
  it('become files; neighbours share one', () => {
    const { out, codes } = moved(
      '<head><script>a()</script></head><body><script>b()</script><script>c()</script><p>x</p></body>',
    );
    expect(codes).toEqual(['a()', 'b()\n;c()']);
    expect(out).toBe(
      '<head><script src="/s2.js"></script></head><body><script src="/s1.js"></script><p>x</p></body>',
    );
  });
  it('keep their attributes; scripts with a source and data stay', () => {
    const html =
      '<script src="/x.js" async=""></script><script type="application/json">{"a":1}</script><script id="_R_">r()</script>';
    const { out, codes } = moved(html);
    expect(codes).toEqual(['r()']);
    expect(out).toContain(
      '<script src="/x.js" async=""></script><script type="application/json">{"a":1}</script>',
    );
    expect(out).toContain('<script id="_R_" src="/s1.js"></script>');
  });
});
