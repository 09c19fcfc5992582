import { DataError, ShapeError } from '@striate/core';
import { preprocess, type Preprocessing } from '@striate/data';
import type { Network } from '@striate/layers';
import { load, predict } from '@striate/train';
import type { Answer, Drawing } from '../messages.ts';
import { seeDrawing } from './see-drawing.ts';

/** How pictures become inputs of a network, and what its outputs mean. */
export interface Reading {
  preprocessing: Preprocessing;
  classNames: readonly string[];
}

/** A network with all that is needed to give it drawings. */
export interface Classifier extends Reading {
  network: Network;
}

/**
 * Opens a saved model.
 *
 * @throws {DataError} if files are missing or damaged, or do not say how to prepare pictures
 */
export async function openFolder(files: readonly File[]): Promise<Classifier> {
  const { network, preprocessing, classNames } = await load(files);
  if (preprocessing && classNames) return { network, preprocessing, classNames };
  throw new DataError(
    `The model does not carry ${preprocessing ? 'class names' : 'its preprocessing'}. Save it with both.`,
  );
}

/**
 * What a network takes a drawing for.
 *
 * @throws {ShapeError} if there is nothing on the drawing
 */
export async function classifyDrawing(
  { network, preprocessing, classNames }: Classifier,
  drawing: Drawing,
): Promise<Omit<Answer, 'source'>> {
  const seen = seeDrawing(drawing, preprocessing);
  if (!seen) throw new ShapeError('The drawing is empty.');
  const [logits] = await predict(network, preprocess(seen.pixels, preprocessing), { output: 'logits' });
  return { classNames, logits: logits!, probabilities: softmax(logits!), seen };
}

/** exp(x) / sum exp(x), safe for large x. */
function softmax(logits: Float32Array): Float32Array {
  const most = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
