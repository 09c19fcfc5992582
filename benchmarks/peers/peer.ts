import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

/** What every peer program is started with. */
export interface PeerOptions {
  /** Which network trains: the small CNN or ResNet-20. */
  readonly model: 'cnn' | 'resnet20';
  /** Threads that it may use, where it can choose. */
  readonly threads: number;
  /** The dropout rate of the small CNN; 0 where losses are compared. */
  readonly dropout: number;
  /** Where our own side computes; peers do not look at it. */
  readonly backend: string;
  /** The safetensors file of initial weights and data (start-file.ts). */
  readonly start: string;
}

/** Training in a peer program: one whole step, and the loss of the last one. */
export interface PeerTraining {
  /** Trains on one batch and returns (or resolves) when its work is done. */
  step(batch: number): void | Promise<void>;
  /** The loss that the last step computed, before its update. */
  loss(): Promise<number>;
  /** Steps only hand work to a device: a run is timed until its last loss is there, and that time shared out. */
  runsAhead?: boolean;
  /** What has been asked of the device so far. */
  counts?(): Record<string, number>;
}

/** Reads the options from the command line. */
export function peerOptions(): PeerOptions {
  const { values } = parseArgs({
    options: {
      model: { type: 'string', default: 'cnn' },
      threads: { type: 'string', default: '2' },
      dropout: { type: 'string', default: '0.5' },
      backend: { type: 'string', default: 'wasm' },
      start: { type: 'string' },
    },
  });
  if (values.model !== 'cnn' && values.model !== 'resnet20') {
    throw new Error(`--model is '${values.model}'; wanted 'cnn' or 'resnet20'.`);
  }
  if (values.start === undefined) throw new Error('--start FILE.safetensors is missing.');
  return {
    model: values.model,
    threads: Number(values.threads),
    dropout: Number(values.dropout),
    backend: values.backend,
    start: values.start,
  };
}

/** The protocol: prints `ready`, then answers each line `run STEPS` with one line of JSON. */
export async function serve(training: PeerTraining, batches: number): Promise<void> {
  process.stdout.write('ready\n');
  let steps = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    const milliseconds: number[] = [];
    const count = Number(line.split(' ')[1]);
    const started = performance.now();
    const before = training.counts?.();
    for (const end = steps + count; steps < end; steps++) {
      const start = performance.now();
      await training.step(steps % batches);
      milliseconds.push(performance.now() - start);
    }
    const loss = await training.loss();
    if (training.runsAhead) milliseconds.splice(0, count, (performance.now() - started) / count);
    const after = Object.entries(training.counts?.() ?? {});
    const counts = Object.fromEntries(after.map(([name, value]) => [name, (value - before![name]!) / count]));
    process.stdout.write(`${JSON.stringify({ milliseconds, loss, counts })}\n`);
  }
}
