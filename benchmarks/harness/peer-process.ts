import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { pythonOf } from '../../tooling/golden/python-environment.ts';

/** The sides of the benchmarks. */
export type SideName =
  | 'striate'
  | 'tfjsWebGpu'
  | 'pytorchCuda'
  | 'pytorch'
  | 'tfjsNode'
  | 'tfjsCpu'
  | 'jaxJs'
  | 'tfjsLayers'
  | 'keras'
  | 'striateLayers'
  | 'pytorchLayers'
  | 'striateInference'
  | 'pytorchInference';

const programs: Record<SideName, string> = {
  striate: 'peers/striate.ts',
  pytorch: 'peers/pytorch.py',
  tfjsNode: 'peers/tfjs-node.mjs',
  tfjsCpu: 'peers/tfjs-cpu.mjs',
  jaxJs: 'peers/jax-js.mjs',
  tfjsLayers: 'peers/tfjs-layers.mjs',
  keras: 'peers/keras-step.py',
  tfjsWebGpu: 'peers/tfjs-webgpu.mjs',
  pytorchCuda: 'peers/pytorch.py',
  striateLayers: 'peers/striate-layers.ts',
  pytorchLayers: 'peers/pytorch-layers.py',
  striateInference: 'peers/striate-inference.ts',
  pytorchInference: 'peers/pytorch-inference.py',
};

const local = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const pythonFor = (side: SideName): string =>
  pythonOf(local(`peers/.installed/${side === 'keras' ? 'keras' : 'python'}`));

/** What a side did in one run. */
export interface RunResult {
  /** Of each step. */
  milliseconds: number[];
  /** Of the last step, before its update. */
  loss: number;
  /** What a step asked of the device, by name, where the side counts it. */
  counts: Record<string, number>;
}

/** A side as a running process. */
export interface PeerProcess {
  run(steps: number): Promise<RunResult>;
  stop(): void;
}

/** Whether a side is installed. */
export function isInstalled(side: SideName): boolean {
  if (programs[side].endsWith('.py')) return existsSync(pythonFor(side));
  const binding = '@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node';
  const marks: Partial<Record<SideName, string>> = {
    tfjsNode: binding,
    tfjsLayers: binding,
    tfjsCpu: '@tensorflow/tfjs',
    jaxJs: '@jax-js/jax',
  };
  const mark = marks[side];
  return mark === undefined || existsSync(local(`peers/.installed/node/node_modules/${mark}`));
}

/** Starts a side, that of another checkout if one is named, and waits until it is ready to train. */
export async function startPeer(
  side: SideName,
  options: Readonly<Record<string, string | number>>,
  checkout?: string,
): Promise<PeerProcess> {
  const program = checkout === undefined ? local(programs[side]) : join(checkout, 'benchmarks', programs[side]);
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const node = ['--conditions=@striate/source', '--disable-warning=ExperimentalWarning', '--no-deprecation'];
  const [command, args] = program.endsWith('.py')
    ? [pythonFor(side), [program, ...flags]]
    : [process.execPath, [...node, program, ...flags]];
  const child = spawn(command, args, {
    ...(checkout !== undefined && { cwd: checkout }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let messages = '';
  child.stderr.on('data', (text: Buffer) => (messages = (messages + text.toString()).slice(-4000)));
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  // tfjs prints a greeting of its own before `ready`.
  const next = async (wanted: (line: string) => boolean): Promise<string> => {
    for (;;) {
      const { value, done } = await answers.next();
      if (done) throw new Error(`${side} ended (exit code ${await exitCode(child)}). Its last messages:\n${messages}`);
      if (wanted(value)) return value;
    }
  };
  await next((line) => line === 'ready');
  return {
    async run(steps) {
      child.stdin.write(`run ${steps}\n`);
      const {
        milliseconds,
        loss,
        counts = {},
      } = JSON.parse(await next((line) => line.startsWith('{'))) as {
        milliseconds: number[];
        loss: number | null;
        counts?: Record<string, number>;
      };
      // JSON has no NaN: JavaScript writes null.
      return { milliseconds, loss: loss ?? Number.NaN, counts };
    },
    stop: () => child.stdin.end(),
  };
}

function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', resolve));
}
