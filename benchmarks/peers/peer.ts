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
  /** The safetensors file of initial weights and data (start-file.ts). */
  readonly start: string;
}

/** Training in a peer program: one whole step, and the loss of the last one. */
export interface PeerTraining {
  /** Trains on one batch and returns (or resolves) when its work is done. */
  step(batch: number): void | Promise<void>;
  /** The loss that the last step computed, before its update. */
  loss(): Promise<number>;
}

/** Reads the options from the command line. */
export function peerOptions(): PeerOptions {
  const { values } = parseArgs({
    options: {
      model: { type: 'string', default: 'cnn' },
      threads: { type: 'string', default: '2' },
      dropout: { type: 'string', default: '0.5' },
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
    start: values.start,
  };
}

/** The protocol: prints `ready`, then answers each line `run STEPS` with one line of JSON. */
export async function serve(training: PeerTraining, batches: number): Promise<void> {
  process.stdout.write('ready\n');
  let steps = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    const milliseconds: number[] = [];
    for (const end = steps + Number(line.split(' ')[1]); steps < end; steps++) {
      const before = performance.now();
      await training.step(steps % batches);
      milliseconds.push(performance.now() - before);
    }
    process.stdout.write(`${JSON.stringify({ milliseconds, loss: await training.loss() })}\n`);
  }
}
