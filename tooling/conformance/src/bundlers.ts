// Bundlers as people have them: a project with the built packages installed, and no configuration.
import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build as esbuild } from 'esbuild';
import { build as vite } from 'vite';
import webpack from 'webpack';

const conformance = fileURLToPath(new URL('..', import.meta.url));

/** Bundles the page of a project into a folder. Throws what the bundler complains of. */
export type Bundler = (project: string, out: string) => Promise<void>;

/** Builds the packages that the page imports and those that they import, without what their tests want. */
export function buildPackages(): void {
  const names = [
    'backend-wasm',
    'backend-webgpu',
    'core',
    'data',
    'images',
    'inference',
    'layers',
    'regularizers',
    'train',
    'weights',
    'zoo',
  ];
  const filters = names.map((name) => `--filter=@striate/${name}`);
  const args = ['exec', 'turbo', 'run', 'generate', 'build', '--only', '--output-logs=errors-only', ...filters];
  const { status, stdout, stderr } = spawnSync('pnpm', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the packages do not build:\n${stdout}${stderr}`);
}

/** The page in tooling/conformance/bundled as a project of its own, with this workspace's built packages installed. */
export async function makeProject(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await cp(join(conformance, 'bundled'), folder, { recursive: true });
  await symlink(join(conformance, 'node_modules'), join(folder, 'node_modules'));
  // The switch is what Parcel's manual asks for: packages with exports need it.
  const manifest = { private: true, type: 'module', '@parcel/resolver-default': { packageExports: true } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
}

export const bundlers: Readonly<Record<string, Bundler>> = {
  async Vite(project, out) {
    await vite({ root: project, configFile: false, logLevel: 'error', build: { outDir: out, emptyOutDir: true } });
  },

  async webpack(project, out) {
    const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
      // Not minimised, which would take most of the time: Vite and Parcel do so.
      const settings = { context: project, mode: 'production', optimization: { minimize: false } } as const;
      webpack({ ...settings, output: { path: out } }, (error, done) => (error ? reject(error) : resolve(done)));
    });
    const { errors, warnings } = stats!.compilation;
    refuseComplaints(
      [...errors, ...warnings].map(({ message }) => message).filter((text) => !/size limit|performance/i.test(text)),
    );
    await writePage(out, '<script src="main.js"></script>');
  },

  async esbuild(project, out) {
    const { warnings } = await esbuild({
      absWorkingDir: project,
      entryPoints: ['src/index.js', 'src/worker.js'],
      bundle: true,
      format: 'esm',
      splitting: true,
      outdir: out,
      logLevel: 'silent',
    });
    refuseComplaints(warnings.map(({ text }) => text));
    await writePage(out, '<script type="module" src="index.js"></script>');
  },

  async Rollup(project, out) {
    const plugins = ['-p', 'node-resolve={browser: true}', '-p', 'commonjs'];
    const args = [
      'src/index.js',
      'src/worker.js',
      '-d',
      out,
      '-f',
      'es',
      ...plugins,
      '--silent',
      '--failAfterWarnings',
    ];
    await runCommand(project, 'rollup', args);
    await writePage(out, '<script type="module" src="index.js"></script>');
  },

  async Parcel(project, out) {
    // Without a worker: 2.16.4 leaves tfjs-core out of a worker's bundle ("Cannot find module").
    const args = ['build', 'small.html', '--dist-dir', out, '--no-cache', '--log-level', 'warn'];
    await runCommand(project, 'parcel', args);
    await rename(join(out, 'small.html'), join(out, 'index.html'));
  },
};

/** Runs a bundler's command, which has nothing to say if all is well. */
async function runCommand(project: string, name: string, args: readonly string[]): Promise<void> {
  const program = join(project, 'node_modules/.bin', name);
  const { stdout, stderr } = await promisify(execFile)(program, args, { cwd: project });
  refuseComplaints([stdout, stderr].filter((text) => text.trim() !== ''));
}

function refuseComplaints(complaints: readonly string[]): void {
  if (complaints.length > 0) throw new Error(`the bundler complains:\n${complaints.join('\n')}`);
}

async function writePage(out: string, script: string): Promise<void> {
  await writeFile(join(out, 'index.html'), `<!doctype html><link rel="icon" href="data:," />${script}`);
}
