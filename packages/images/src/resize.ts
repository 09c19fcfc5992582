import type { DecodedPicture } from './picture-decoder.ts';

/** What resizing takes and gives. */
export type ResizedPicture = Pick<DecodedPicture, 'width' | 'height' | 'channels' | 'pixels'>;

/** How a picture is brought to a size. */
export interface ResizeOptions {
  width: number;
  height: number;
  /** 'cover' keeps the proportions and cuts off what is too much on both sides; 'fill' stretches. */
  fit: 'cover' | 'fill';
  /** Whether red, green and blue are wanted of a grey picture too. */
  toColour: boolean;
}
