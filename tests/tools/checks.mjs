/** The static checks of `npm run check`: format, lint, types, architecture, dead code, licences of what is shipped. */
import rules from '../../.dependency-cruiser.cjs';
import { bin, root, run } from './steps.mjs';

const plain = (name, command, args) => ({
  name,
  run: async () => {
    const { code, output } = await run(bin(command), args, { quiet: true });
    return { ok: code === 0, output };
  },
});

const cruise = ['--config', '.dependency-cruiser.cjs', '--output-type', 'err-long'];

/** A clean tree must have been looked at: a cruiser that sees nothing (wrong TypeScript, wrong glob) must not pass. */
async function architecture() {
  const { code, output } = await run(bin('depcruise'), [...cruise, 'app', 'nodes', 'engine', 'models'], {
    quiet: true,
  });
  const seen = Number(/\((\d+) modules/.exec(output)?.[1] ?? 0);
  return { ok: code === 0 && seen > 50, output: `${output}\nmodules seen: ${seen}` };
}

/** Every rule must be able to fail: the fixture breaks all of them at once. */
async function architectureFixture() {
  const { code, output } = await run(
    bin('depcruise'),
    [
      '--config',
      `${root}.dependency-cruiser.cjs`,
      '--output-type',
      'err',
      'app',
      'nodes',
      'engine',
      'models',
    ],
    { quiet: true, cwd: `${root}tests/fixtures/architecture` },
  );
  const missed = rules.forbidden.map((rule) => rule.name).filter((name) => !output.includes(name));
  return {
    ok: code !== 0 && missed.length === 0,
    output: `rules the fixture does not trip: ${missed.join(', ')}\n${output}`,
  };
}

export const checks = [
  plain('format', 'oxfmt', ['--check', '.']),
  plain('lint', 'oxlint', ['--type-aware', '--deny-warnings', '.']),
  plain('types', 'tsc', ['--noEmit']),
  { name: 'architecture', run: architecture },
  { name: 'architecture: every rule can fail', run: architectureFixture },
  plain('dead code', 'knip', []),
];
