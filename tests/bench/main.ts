/**
 * `npm run bench`: processor times of the engine, each the median of several
 * repeats after a warm-up, against the goals of the design. `--json` for machines,
 * `--sampling` for what looking inside costs a sampling alone. No test asserts a time.
 */
import { cpus } from 'node:os';
import { engineBenchmarks } from './engine';
import { samplingCost } from './sampling';

// The test package, whose step takes half a millisecond: whatever costs anything shows.
const tiny = {
  models: 'tests/fixtures',
  template: 'unconditional',
  packageId: 'tiny',
  steps: 30,
  rounds: 160,
};
// The model people get; a step of it takes a second of one core, so there are few.
const real = { template: 'unconditional', packageId: 'loom-kl-f8', steps: 3, rounds: 5 };
const results = [
  ...(process.argv.includes('--sampling') ? [] : await engineBenchmarks()),
  ...(await samplingCost(tiny)),
  ...(await samplingCost(real)),
];
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
