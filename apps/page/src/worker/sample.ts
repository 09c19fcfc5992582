import { subset, type Batches, type Dataset } from '@striate/data';
import { preprocess } from '@striate/images';
import { predict } from '@striate/inference';
import type { Network } from '@striate/layers';
import type { Score, TestImages } from '../messages.ts';

const sampleSize = 1000;
const shownCount = 40;

/** Test images that are classified again and again while the network learns; the first of them are shown. */
export interface Sample {
  shown: TestImages;
  /** Score over all of them, and what each of the shown ones is taken for. */
  score(network: Network): Promise<{ score: Score; guesses: string[] }>;
}

/** Takes test images at equal distances, so that easy and hard ones are there in their true shares. */
export function createSample({ dataset, preprocessing }: Batches): Sample {
  const size = Math.min(sampleSize, dataset.length);
  const places = Array.from({ length: size }, (_, index) => Math.floor((index * dataset.length) / size));
  const { labels, pixels, classNames } = subset(dataset, places);
  const inputs = preprocess(pixels!, preprocessing); // MNIST lies in memory
  return {
    shown: shownImages(dataset, pixels!, labels),
    async score(network) {
      const logits = await predict(network, inputs, { output: 'logits', batchSize: 250 });
      let [loss, right] = [0, 0];
      for (const [index, row] of logits.entries()) {
        loss += crossEntropyOf(row, labels[index]!);
        right += Number(likeliest(row) === labels[index]);
      }
      const guesses = logits.slice(0, shownCount).map((row) => classNames[likeliest(row)]!);
      return { score: { loss: loss / size, accuracy: right / size }, guesses };
    },
  };
}

function shownImages({ inputShape, classNames }: Dataset, pixels: Uint8Array, labels: Int32Array): TestImages {
  const [height, width] = inputShape;
  const count = Math.min(shownCount, labels.length);
  return {
    width,
    height,
    count,
    pixels: pixels.slice(0, count * height * width),
    labels: Array.from(labels.subarray(0, count), (label) => classNames[label]!),
  };
}

/** log(sum exp(logits)) - logit of the label. */
function crossEntropyOf(logits: Float32Array, label: number): number {
  const most = Math.max(...logits);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
  return most + Math.log(sum) - logits[label]!;
}

function likeliest(row: Float32Array): number {
  return row.indexOf(Math.max(...row));
}
