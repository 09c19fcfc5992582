import { NumericError, type NetworkFacts } from '@striate/core';
import { preprocess } from '@striate/images';
import type { Network } from '@striate/layers';
import { meaningOf } from './output-meaning.ts';
import { predict } from './predict.ts';

/** A network that knows how pictures are prepared for it, and what its answers are called. */
export type ClassifyingNetwork = Network & Required<Pick<NetworkFacts, 'classNames' | 'preprocessing'>>;

/** What a network says of a picture. */
export interface Answers {
  /** Numbers of a regression; else probabilities: of classes, which make 1 together, or of labels, each by itself. */
  kind: 'probabilities' | 'numbers';
  /** By the places of their names. */
  values: Float32Array;
  classNames: readonly string[];
}

/** What a network lacks to be given pictures, if anything. */
export function lackingFor(network: Network): 'preprocessing' | 'classNames' | undefined {
  return (['preprocessing', 'classNames'] as const).find((fact) => network[fact] === undefined);
}

/**
 * What a network says of a picture of its own size and style, as its outputs mean it; one whose meaning nobody knows is
 * taken for one of classes.
 *
 * @param where what errors call the picture
 * @param pixels [H * W * C] values 0 to 255, as `readPicture` prepares them
 * @throws {NumericError} if it gives NaN or an infinity
 * @throws {ShapeError} {OptionError} {BackendError} as `predict`
 */
export async function classifyPixels(where: string, network: ClassifyingNetwork, pixels: Uint8Array): Promise<Answers> {
  const kind = meaningOf(network, 0) === 'numbers' ? 'numbers' : 'probabilities';
  const inputs = preprocess(pixels, network.preprocessing);
  const [values] = await predict(network, inputs, kind === 'numbers' ? {} : { output: kind });
  const spoilt = values!.find((value) => !Number.isFinite(value));
  if (spoilt === undefined) return { kind, values: values!, classNames: network.classNames };
  throw new NumericError(
    `${where}: the network gives ${spoilt} for it: its weights are spoilt. Train it anew, or take a checkpoint from before.`,
  );
}
