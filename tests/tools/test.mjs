/**
 * `npm test`: all tests on a bare machine. Installs Chromium through apt where
 * it is missing and can be, runs the static checks, the unit and property
 * tests, builds the editor and drives it in the browser. Ends with one line
 * that counts everything: `N passed, N failed`.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { checks } from './checks.mjs';
import { chromiumPath, ensureChromium } from './chromium.mjs';
import { bin, root, run, runChecks } from './steps.mjs';

const reports = `${root}.cache/reports`;
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
const total = { passed: 0, failed: 0, skipped: 0 };

function count(name, part) {
  total.passed += part.passed;
  total.failed += part.failed;
  total.skipped += part.skipped ?? 0;
  console.log(
    `── ${name}: ${part.passed} passed, ${part.failed} failed${part.skipped ? `, ${part.skipped} skipped` : ''}\n`,
  );
}

/** A runner that dies before it writes its report has failed once, whatever it printed. */
function report(file, code, read) {
  if (!existsSync(file)) return { passed: 0, failed: 1 };
  const part = read(JSON.parse(readFileSync(file, 'utf8')));
  return { ...part, failed: Math.max(part.failed, code === 0 ? 0 : 1) };
}

await ensureChromium();
count('static checks', await runChecks(checks));

const units = `${reports}/vitest.json`;
const vitest = await run(bin('vitest'), [
  'run',
  '--reporter=dot',
  '--reporter=json',
  `--outputFile.json=${units}`,
]);
count(
  'units and properties',
  report(units, vitest.code, (r) => ({
    passed: r.numPassedTests,
    failed: r.numFailedTests,
    skipped: r.numPendingTests,
  })),
);

const build = await run('npm', ['run', 'build'], { env: { LOOM_TEST_PACKAGES: '1' } });
count('build', { passed: build.code === 0 ? 1 : 0, failed: build.code === 0 ? 0 : 1 });

if (build.code === 0) {
  const size = await run(process.execPath, ['tests/tools/size.mjs', '--browser'], {
    env: { CHROMIUM_PATH: chromiumPath() },
  });
  count('bytes', { passed: size.code === 0 ? 1 : 0, failed: size.code === 0 ? 0 : 1 });
  const browser = `${reports}/playwright.json`;
  const playwright = await run(bin('playwright'), ['test', '--reporter=list,json'], {
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: browser, CHROMIUM_PATH: chromiumPath(), LOOM_TEST_PACKAGES: '1' },
  });
  count(
    'browser',
    report(browser, playwright.code, (r) => ({
      passed: r.stats.expected + r.stats.flaky,
      failed: r.stats.unexpected,
      skipped: r.stats.skipped,
    })),
  );
}

console.log(
  `${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`,
);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
