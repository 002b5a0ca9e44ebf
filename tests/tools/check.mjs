/** `npm run check`: everything that can be said about the code without running it. */
import { checks } from './checks.mjs';
import { runChecks } from './steps.mjs';

const { passed, failed } = await runChecks(checks);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
