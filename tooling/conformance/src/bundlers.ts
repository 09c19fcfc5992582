// Bundlers as people have them: a project with the built packages installed, and no configuration.
import { execFile } from 'node:child_process';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import commonjs from '@rollup/plugin-commonjs';
import nodeResolve from '@rollup/plugin-node-resolve';
import { build as esbuild } from 'esbuild';
import { rollup } from 'rollup';
import { build as vite } from 'vite';
import webpack from 'webpack';

const conformance = fileURLToPath(new URL('..', import.meta.url));

/** Bundles the page of a project into a folder. Throws what the bundler complains of. */
export type Bundler = (project: string, out: string) => Promise<void>;

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
      webpack({ context: project, mode: 'production', output: { path: out } }, (error, done) =>
        error ? reject(error) : resolve(done),
      );
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
    const complaints: string[] = [];
    const bundle = await rollup({
      input: [join(project, 'src/index.js'), join(project, 'src/worker.js')],
      plugins: [nodeResolve({ browser: true }), commonjs()],
      onwarn: ({ message }) => void complaints.push(message),
    });
    await bundle.write({ dir: out, format: 'es' });
    await bundle.close();
    refuseComplaints(complaints);
    await writePage(out, '<script type="module" src="index.js"></script>');
  },

  async Parcel(project, out) {
    const args = ['build', 'index.html', '--dist-dir', out, '--public-url', './', '--no-cache', '--log-level', 'warn'];
    const { stdout, stderr } = await promisify(execFile)(join(project, 'node_modules/.bin/parcel'), args, {
      cwd: project,
    });
    refuseComplaints([stdout, stderr].filter((text) => text.trim() !== ''));
  },
};

function refuseComplaints(complaints: readonly string[]): void {
  if (complaints.length > 0) throw new Error(`the bundler complains:\n${complaints.join('\n')}`);
}

async function writePage(out: string, script: string): Promise<void> {
  await writeFile(join(out, 'index.html'), `<!doctype html><link rel="icon" href="data:," />${script}`);
}
