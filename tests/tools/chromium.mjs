/** Finds Debian's Chromium, or installs it where that is possible. */
import { existsSync } from 'node:fs';
import { run } from './steps.mjs';

const places = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** The browser that tests drive, or undefined. */
export const chromiumPath = () => places.find((place) => place && existsSync(place));

/** Installs Chromium and fonts for the pictures (Korean) through apt, as root; says what to do where it cannot. */
export async function ensureChromium() {
  if (chromiumPath()) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    throw new Error(
      'Chromium is missing. Install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.',
    );
  console.log('Installing Chromium through apt …');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { quiet: true, env });
  const { code, output } = await run(
    'apt-get',
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-noto-cjk'],
    { quiet: true, env },
  );
  if (code !== 0 || !chromiumPath()) throw new Error(`apt could not install Chromium:\n${output}`);
}
