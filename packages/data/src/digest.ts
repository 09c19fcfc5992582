import { sha256 } from '@striate/core';
import { checkDataset } from './check-dataset.ts';
import type { Dataset } from './dataset.ts';

/** By what the contents of a data set are known again, as SHA-256 in hexadecimal. */
export interface DatasetDigest {
  /** Of all pixels; absent where samples are read one by one and the data set has no `digest` of its own. */
  readonly images?: string;
  readonly labels: string;
  readonly classNames: string;
  /** [H, W, C] */
  readonly inputShape: readonly number[];
}

const known = new WeakMap<Dataset, Promise<DatasetDigest>>();

/**
 * The digest of a data set's contents: about 0.1 s for MNIST, once for each data set, which is taken to stay as it is.
 *
 * @throws OptionError for what is no data set; DataError if its parts do not belong together
 * @example
 * ```ts
 * const { train } = await mnist();
 * (await digestOf(train)).images; // '5a1d...'
 * ```
 */
export function digestOf(dataset: Dataset): Promise<DatasetDigest> {
  checkDataset('digestOf', dataset);
  const found = known.get(dataset) ?? compute(dataset);
  known.set(dataset, found);
  return found;
}

async function compute({ pixels, labels, classNames, inputShape, ...dataset }: Dataset): Promise<DatasetDigest> {
  const images = pixels ? await sha256InParts(pixels) : await dataset.digest?.();
  return {
    ...(images !== undefined && { images }),
    labels: await sha256InParts(littleEndian(labels)),
    classNames: await sha256(new TextEncoder().encode(JSON.stringify(classNames))),
    inputShape: [...inputShape],
  };
}

/** Bytes that are hashed at once: where the machine has no WebCrypto, pages get their turn in between. */
const partLength = 2 ** 22;

/** SHA-256 over the SHA-256 of each part. */
async function sha256InParts(bytes: Uint8Array): Promise<string> {
  const parts: string[] = [];
  for (let start = 0; start < bytes.length; start += partLength) {
    // A copy, since WebCrypto takes no shared memory.
    parts.push(await sha256(new Uint8Array(bytes.subarray(start, start + partLength))));
    if (!globalThis.crypto?.subtle) await new Promise((resolve) => setTimeout(resolve));
  }
  return sha256(new TextEncoder().encode(parts.join()));
}

/** Class numbers as bytes, whatever array they came in. */
function littleEndian(labels: Dataset['labels']): Uint8Array {
  const bytes = new Uint8Array(4 * labels.length);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < labels.length; index++) view.setInt32(4 * index, labels[index]!, true);
  return bytes;
}
