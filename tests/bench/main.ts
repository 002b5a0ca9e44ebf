/**
 * `npm run bench`: processor times of the engine, each the median of several
 * repeats after a warm-up, against the goals of the design. `--json` for machines. No test asserts a time.
 */
import { cpus } from 'node:os';
import { engineBenchmarks } from './engine';
import { trajectoryCost } from './trajectory';

const results = [...(await engineBenchmarks()), ...(await trajectoryCost('tests/fixtures', 'tiny', 30, 25))];
if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ cpu: cpus()[0]?.model, node: process.version, results }, null, 2));
} else {
  console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}\n`);
  for (const { name, value, unit, goal } of results) {
    const reached =
      goal === undefined
        ? ''
        : value <= goal
          ? `goal ${goal} ${unit}: reached`
          : `goal ${goal} ${unit}: MISSED`;
    console.log(
      `${name.padEnd(84)}${value.toFixed(value < 10 ? 3 : 1).padStart(9)} ${unit.padEnd(3)} ${reached}`,
    );
  }
}
