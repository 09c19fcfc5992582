// Every package as it would be published works where there is no checkout: packed, installed by npm into a new folder,
// where everything that it exports can be imported, a Node program trains, saves, loads and predicts, the command line
// answers, TypeScript takes program and declarations with skipLibCheck off, and a page bundled by Vite trains in Chromium.
//
//   pnpm proof publish [--keep]
//
// npm takes ours from their tarballs and only the rest from its registry. With --keep the folder stays.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchChromium, serveFolder } from '@striate/browsers';
import { runProgram } from '../tooling/published/consumer.ts';
import { packAll, type Packed } from '../tooling/published/pack-all.ts';
import type { Report } from '../tooling/published/page/main.ts';
import { typeErrors } from '../tooling/published/type-errors.ts';
import { conclude } from './shared/conclude.ts';

const { values: options } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });
const folder = mkdtempSync(join(tmpdir(), 'striate-published-'));
const start = performance.now();
const shortfalls: string[] = [];
let packages: Packed[] = [];
try {
  await attempt('build and pack', () => {
    command('.', 'pnpm', 'exec', 'turbo', 'run', 'generate', 'build', '--output-logs=errors-only');
    mkdirSync(join(folder, 'packed'));
    packages = packAll(join(folder, 'packed'));
  });
  await attempt('npm install', install);
  await attempt('imports and a Node program', () => runProgram(folder, packages));
  await attempt('the command line', () => {
    command(folder, 'npx', '--no-install', 'striate', '--help');
    command(folder, 'npx', '--no-install', 'striate', 'summary', 'lenet5');
  });
  await attempt('types', () => typeErrors(folder, packages));
  await attempt('a Vite page in Chromium', tryPage);
} finally {
  if (options.keep) console.log(`the folder: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}
const names = packages.map(({ manifest }) => manifest.name).join(', ');
conclude('publish', `${packages.length} packages (${names}) in ${seconds(start)} s`, shortfalls);

/** Takes a step and says how long it took; what it gives or throws falls short, and the next step is taken all the same. */
async function attempt(what: string, step: () => unknown): Promise<void> {
  const before = performance.now();
  const found = await Promise.resolve()
    .then(step)
    .catch((error: Error) => [error.message]);
  if (Array.isArray(found)) shortfalls.push(...found.map((problem) => `${what}: ${problem}`));
  console.log(`${what}: ${seconds(before)} s`);
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(0);
}

function command(directory: string, name: string, ...args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(name, args, { cwd: directory, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} ${args.join(' ')}: ${error?.message ?? `${stdout}${stderr}`}`);
}

/** Installs the tarballs, what they want beside them, and a stranger's tools, in the versions that this workspace has. */
function install(): string[] {
  const version = (name: string): string =>
    (JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8')) as { version: string }).version;
  const peers = packages.flatMap(({ manifest }) => Object.entries(manifest.peerDependencies ?? {}));
  const manifest = {
    private: true,
    type: 'module',
    dependencies: {
      ...Object.fromEntries(peers.filter(([name]) => name !== 'webgpu')),
      ...Object.fromEntries(packages.map(({ manifest: { name }, tarball }) => [name, `file:${tarball}`])),
    },
    devDependencies: Object.fromEntries(['typescript', 'vite', '@types/node'].map((name) => [name, version(name)])),
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, undefined, 2));
  command(folder, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline');
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { resolved?: string }>;
  };
  return Object.entries(lock.packages)
    .filter(
      ([path, { resolved }]) => /node_modules\/(@striate\/|striate$)/.test(path) && !resolved?.startsWith('file:'),
    )
    .map(([path, { resolved }]) => `${path} comes from ${resolved}`);
}

async function tryPage(): Promise<string[]> {
  cpSync('tooling/published/page', join(folder, 'page'), { recursive: true });
  command(join(folder, 'page'), 'npx', '--no-install', 'vite', 'build', '--outDir', '../built');
  const served = await serveFolder(join(folder, 'built'), { isolated: true });
  const browser = await launchChromium();
  try {
    const tab = await browser.newPage();
    await tab.goto(served.url);
    await tab.waitForFunction(() => 'report' in globalThis);
    const { device, losses } = await tab.evaluate(() => (globalThis as unknown as { report: Promise<Report> }).report);
    console.log(`page: ${device}, loss ${losses[0]!.toFixed(3)} to ${losses.at(-1)!.toFixed(3)}`);
    return losses.at(-1)! < losses[0]! / 2 ? [] : [`losses ${losses.join(', ')}`];
  } finally {
    await browser.close();
    await served.close();
  }
}
