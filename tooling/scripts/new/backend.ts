import type { Change, Names } from './changes.ts';

const description = 'TODO: what it computes on, in a line';

const packageJson = ({ file }: Names): string => {
  const entries = { '.': 'index', './manifest': 'manifest' };
  const inEach = <T>(of: (name: string) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(entries).map(([entry, name]) => [entry, of(name)]));
  const own = { './package.json': './package.json' };
  const json = {
    name: `@striate/backend-${file}`,
    version: '0.0.0',
    description,
    license: 'Apache-2.0',
    files: ['dist', 'src', '!src/**/*.test.ts', '!src/**/__snapshots__', '!src/testing*'],
    type: 'module',
    sideEffects: false,
    exports: {
      ...inEach((name) => ({ '@striate/source': `./src/${name}.ts`, default: `./dist/${name}.js` })),
      ...own,
    },
    publishConfig: { exports: { ...inEach((name) => `./dist/${name}.js`), ...own }, access: 'public' },
    scripts: { build: 'tsc -p tsconfig.build.json' },
    dependencies: { '@striate/core': 'workspace:^', '@tensorflow/tfjs-backend-cpu': 'catalog:' },
    devDependencies: { '@tensorflow/tfjs-core': 'catalog:' },
    peerDependencies: { '@tensorflow/tfjs-core': '^4.22.0' },
    engines: { node: '>=22.18' },
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
};

const readme = ({ name, file }: Names): string => `# @striate/backend-${file}

${description}.

\`\`\`ts
import { use } from '@striate/core';
import { ${name} } from '@striate/backend-${file}';

const backend = await use(${name}());
console.log(backend.stats().device);
\`\`\`

| option    | default | what                                             |
| --------- | ------- | ------------------------------------------------ |
| \`profile\` | \`false\` | times every kernel: \`stats().kernelMilliseconds\` |
`;

const index = ({ name, type, file }: Names): string => `export type { ${type}Options } from './options.ts';
export { ${name}, type ${type}Backend } from './${file}.ts';
`;

const options = ({ name, type }: Names): string => `import { option } from '@striate/core';
import type { OptionsOf } from '@striate/core/backend';

/** What \`${name}()\` can be told; every part has a default. */
export interface ${type}Options {
  /** Times every kernel: \`stats().kernelMilliseconds\`. Default false. */
  profile?: boolean;
}

/** The same as data. */
export const ${name}Options: OptionsOf<${type}Options> = {
  profile: option.flag({ doc: 'Times every kernel.', default: false }),
};
`;

const manifest = ({ name, file }: Names): string => `import type { BackendManifest } from '@striate/core/backend';
import { ${name} } from './${file}.ts';
import { ${name}Options } from './options.ts';

/** What the command line, the checks of all backends and benchmarks know of \`${name}()\`. */
export const manifest: BackendManifest = {
  name: '${file}',
  doc: '${description}',
  options: ${name}Options,
  tolerance: 1e-4,
  make: ${name},
};
`;

/** Kernels of its own, none yet, before tfjs' on the CPU, of which references are made. */
const register =
  (): string => `import { registerKernels, type KernelCounters, type OwnKernel } from '@striate/core/backend';
import { getKernelsForBackend } from '@tensorflow/tfjs-core';

/** The kernels of this backend; an op that has none runs as its reference. */
const kernels: readonly OwnKernel[] = [];

/** Gives the backend tfjs' kernels, each call of one counted, and ours in their places. */
export function register(backendName: string, counters: KernelCounters): void {
  registerKernels({
    backendName,
    stock: getKernelsForBackend('cpu'),
    wrap:
      ({ kernelName, kernelFunc }) =>
      (call) =>
        counters.count('fallbacks', kernelName, () => kernelFunc(call)),
    kernels,
  });
}
`;

const factory = ({
  name,
  type,
  file,
}: Names): string => `import { BackendError, type Backend, type BackendStats } from '@striate/core';
import { KernelCounters, settingsOf, unregisterKernels } from '@striate/core/backend';
import { memory, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import { ${name}Options, type ${type}Options } from './options.ts';
import { register } from './register.ts';

const engineName = 'striate-${file}';
const device = '${file}, on the memory of tfjs'; // TODO

/** The backend, with figures of its own in \`stats()\`. */
export interface ${type}Backend extends Backend {
  stats(): BackendStats & { kernelMilliseconds?: Record<string, number> };
}

/**
 * What it computes on, and how.
 *
 * @throws {OptionError} for an option that there is not, or a value that it cannot have.
 * @example
 * import { use } from '@striate/core';
 * import { ${name} } from '@striate/backend-${file}';
 * const backend = await use(${name}());
 * console.log(backend.stats().device);
 */
export function ${name}(options: ${type}Options = {}): ${type}Backend {
  const { profile } = settingsOf('${name}', options, ${name}Options);
  let counters: KernelCounters | undefined;

  return {
    name: '${file}',
    engineName,
    probe: async () => ({ available: true, device }),
    async start() {
      if (counters) throw new BackendError('${file}: this backend is already started.');
      // Importing it registers that backend, which is why it is not imported above.
      const { MathBackendCPU } = await import('@tensorflow/tfjs-backend-cpu');
      const backend = new MathBackendCPU();
      Reflect.set(backend, 'firstUse', false); // else it advertises another one
      registerBackend(engineName, () => backend);
      counters = new KernelCounters(profile);
      register(engineName, counters);
    },
    async stop() {
      if (!counters) return;
      counters = undefined;
      unregisterKernels(engineName);
      removeBackend(engineName);
    },
    stats() {
      if (!counters) throw new BackendError('${file}: the backend is not started; call use(${name}()) first.');
      const { numTensors, numBytes } = memory();
      return { device, ...counters.stats(), tensors: numTensors, bytesInUse: numBytes, bytesReserved: numBytes };
    },
  };
}
`;

const test = ({ name, file }: Names): string => `import { dispose, ops, tensor, use } from '@striate/core';
import { optionsFromTexts } from '@striate/core/backend';
import { afterEach, expect, it } from 'vitest';
import { ${name} } from './${file}.ts';
import { manifest } from './manifest.ts';

const backend = ${name}({ profile: true });
afterEach(() => backend.stop());

it('computes, counts and times its kernels, and starts again', async () => {
  for (const _ of ['first', 'again']) {
    await use(backend);
    const x = tensor([1, 2, 3]);
    const y = ops.multiply(x, x);
    expect(await y.data()).toEqual(new Float32Array([1, 4, 9]));
    const { fallbacks, kernelMilliseconds, tensors } = backend.stats();
    expect({ fallbacks, tensors }).toMatchObject({ fallbacks: { Multiply: 1 }, tensors: 2 });
    expect(kernelMilliseconds).toHaveProperty('Multiply');
    dispose(x, y);
    await backend.stop();
  }
});

it('says when it is not started, or started twice', async () => {
  expect(() => backend.stats()).toThrow('call use(${name}()) first');
  await use(backend);
  await expect(backend.start()).rejects.toThrow('already started');
});

it('is made from a text of the command line', async () => {
  expect(await manifest.make(optionsFromTexts('${file}', ['profile'], manifest.options)).probe()).toMatchObject({
    available: true,
  });
  expect(() => optionsFromTexts('${file}', ['profil'], manifest.options)).toThrow("Did you mean 'profile'?");
});
`;

/** The package of a backend. */
export const backendFiles = (names: Names): { path: string; text: string }[] =>
  Object.entries({
    [`src/${names.file}.ts`]: factory(names),
    [`src/${names.file}.test.ts`]: test(names),
    'src/register.ts': register(),
    'src/options.ts': options(names),
    'src/manifest.ts': manifest(names),
    'src/index.ts': index(names),
    'package.json': packageJson(names),
    'tsconfig.build.json': '{ "extends": "../../tooling/tsconfig/build.json" }\n',
    'README.md': readme(names),
  }).map(([path, text]) => ({ path: `packages/backend-${names.file}/${path}`, text }));

/** The list of the backends that conformance runs on: what it depends on. */
export const backendLists = ({ file }: Names): readonly Change[] => [
  {
    path: 'tooling/conformance/package.json',
    apply(text) {
      const json = JSON.parse(text) as { dependencies: Record<string, string> };
      const dependencies = Object.entries({ ...json.dependencies, [`@striate/backend-${file}`]: 'workspace:*' });
      const sorted = dependencies.sort(([a], [b]) => (a < b ? -1 : 1));
      return `${JSON.stringify({ ...json, dependencies: Object.fromEntries(sorted) }, undefined, 2)}\n`;
    },
  },
];
