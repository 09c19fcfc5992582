// `pnpm conformance --backend NAME`: ops and layers against PyTorch, Keras and our references (--help says more).
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pythonOf } from '../golden/python-environment.ts';
import { generate, run } from './run.ts';

const usage = `pnpm conformance --backend NAME [options]: forward passes and gradients of ops and layers, compared at 1e-4 of the largest value (1e-3 on webgpu)

  --backend NAME   cpu (the references on tfjs' own backend), wasm, 'wasm, plain SIMD, one thread', 'wasm, without Winograd',
                   onednn, tensorflow, webgpu (Dawn; on Chromium's SwiftShader where there is no GPU), wasm-browser (with and
                   without threads, in workers and on the main thread) or webgpu-browser (minutes on SwiftShader); any
                   other that tooling/conformance depends on
  --browser NAME   of the last two: chromium (the default), firefox or webkit (WebKitGTK's MiniBrowser)
  --seed S         new cases that nobody has seen, drawn from this seed and computed by float64 PyTorch and Keras;
                   without it, the committed cases
  --cases N        with --seed: how many cases of layers; default 400
  --json           the result as JSON, before the last line
  --help           this text

New cases need PyTorch and Keras: pnpm golden:setup puts them into .golden/; STRIATE_PYTHON names another interpreter that has them.
The last line is 'N passed, N failed'; the exit code is 1 if a case failed, and each failure says how to see it again.`;
const conformance = JSON.parse(readFileSync('tooling/conformance/package.json', 'utf8')) as { dependencies: object };
const names = [
  'cpu',
  ...Object.keys(conformance.dependencies).flatMap((name) => /^@striate\/backend-(.+)/.exec(name)?.[1] ?? []),
  'wasm, plain SIMD, one thread',
  'wasm, without Winograd',
  'wasm-browser',
  'webgpu-browser',
];
const browsers = ['chromium', 'firefox', 'webkit'];

const options = read();
if (options.help) {
  console.log(usage);
  process.exit();
}
if (!names.includes(options.backend ?? ''))
  refuse(`--backend is ${options.backend ?? 'missing'}, but must be one of ${names.join(' | ')}`);
if (options.browser !== undefined && !options.backend!.endsWith('-browser'))
  refuse(`--browser needs --backend wasm-browser or webgpu-browser, but it is ${options.backend}`);
if (!browsers.includes(options.browser ?? 'chromium'))
  refuse(`--browser is ${options.browser}, but must be one of ${browsers.join(' | ')}`);
for (const option of ['seed', 'cases'] as const) {
  if (!/^[1-9]\d{0,8}$/.test(options[option] ?? '1'))
    refuse(`--${option} is ${options[option]}, but must be a whole number from 1 to 999999999`);
}
if (options.cases !== undefined && options.seed === undefined)
  refuse('--cases needs --seed: the committed cases are run as they are');

const folder =
  options.seed === undefined ? 'tooling/conformance/golden' : makeCases(options.seed, options.cases ?? '400');
// As many random cases of ops as there are cases of layers, roughly: a round has 90.
const rounds = Math.ceil(Number(options.cases ?? 400) / 90);
generate();
run(process.execPath, [
  '--conditions=@striate/source',
  '--disable-warning=ExperimentalWarning',
  'tooling/conformance/src/command.ts',
  `--backend=${options.backend}`,
  `--rounds=${rounds}`,
  `--golden=${folder}`,
  ...(options.browser === undefined ? [] : [`--browser=${options.browser}`]),
  ...(options.seed === undefined ? [] : [`--seed=${options.seed}`]),
  ...(options.json ? ['--json'] : []),
]);

function read(): Partial<Record<'backend' | 'browser' | 'seed' | 'cases', string>> & {
  json?: boolean;
  help?: boolean;
} {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const known = { backend: text, browser: text, seed: text, cases: text, json: flag, help: flag };
    return parseArgs({ options: known }).values;
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function refuse(reason: string): never {
  console.error(`conformance: ${reason}\n\n${usage}`);
  process.exit(1);
}

/** Lets Python make cases from the seed; returns the folder that they are in, which stays, so that failures can be looked at. */
function makeCases(seed: string, cases: string): string {
  const installed = pythonOf('.golden/python');
  const python = process.env['STRIATE_PYTHON'] ?? installed;
  if (python === installed && !existsSync(python))
    refuse(`there is no ${python}: run pnpm golden:setup, or set STRIATE_PYTHON`);
  const made = mkdtempSync(join(tmpdir(), `striate-conformance-${seed}-`));
  run(python, ['tooling/golden/ops.py', '--seed', seed, '--out', join(made, 'ops.safetensors')]);
  run(python, ['tooling/golden/layers', '--seed', seed, '--cases', cases, '--out', join(made, 'layers.safetensors')]);
  return made;
}
