/**
 * Completes package-lock.json after `npm install` on a registry that mirrors only some platforms' binaries:
 * npm leaves out optional packages it could not look up, and `npm ci` then refuses the lock. Each one that a
 * package names by exact version gets its entry, with the platform its name says, so that the lock holds on every
 * machine. Run it after changing dependencies: `node tests/tools/complete-lock.mjs`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { root } from './steps.mjs';

const file = `${root}package-lock.json`;
const lock = JSON.parse(readFileSync(file, 'utf8'));
const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];

/** e.g. `@next/swc-win32-x64-msvc` → win32, x64. */
function platform(name) {
  const words = name.split('/').pop().split(/[-.]/);
  if (words.includes('wasm32')) return { cpu: ['wasm32'] };
  const os = systems.filter((system) => words.includes(system));
  const alias = {
    armv7: 'arm',
    armhf: 'arm',
    arm: 'arm',
    linuxmusl: 'linux',
    windows: 'win32',
    linux64: 'linux',
  };
  const more = words.map((word) => alias[word]).filter(Boolean);
  const all = [...os, ...more.filter((word) => systems.includes(word))];
  const cpu = processors.filter((processor) => words.includes(processor) || more.includes(processor));
  return {
    ...(all.length > 0 ? { os: [...new Set(all)] } : {}),
    ...(cpu.length > 0 ? { cpu: cpu.slice(0, 1) } : {}),
  };
}

const added = [];
for (const owner of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`;
    if (Object.keys(lock.packages).some((key) => key === path || key.endsWith(`/${path}`))) continue;
    if (!/^\d+\.\d+\.\d+/.test(version)) {
      console.log(`left out: ${name}@${version} is no exact version`);
      continue;
    }
    lock.packages[path] = { version, ...platform(name), ...(owner.dev ? { dev: true } : {}), optional: true };
    added.push(`${name}@${version} ${JSON.stringify(platform(name))}`);
  }
}
const [own, ...rest] = Object.entries(lock.packages);
lock.packages = Object.fromEntries([own, ...rest.toSorted(([a], [b]) => (a < b ? -1 : 1))]);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.join('\n'));
