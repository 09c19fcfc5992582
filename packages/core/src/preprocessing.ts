/** How the pictures of a data set look, so that a picture from elsewhere can be brought to the same form. */
export interface PictureStyle {
  /** Dark: bright strokes on black, as in MNIST; a picture that is dark on white must be inverted first. */
  readonly background: 'dark' | 'light';
  /** 'mass': the object fills a box of `box` pixels and its centre of mass lies in the middle, as in MNIST. */
  readonly centering: 'none' | 'mass';
  /** Height and width in pixels of the box that the object fills; the whole picture if absent. */
  readonly box?: number;
}

/** How pixels become a network's input: (pixel * scale - mean[c]) / standardDeviation[c]. Plain JSON, saved with the model. */
export interface Preprocessing {
  /** [H, W] of the images that the network was trained on. */
  readonly size: readonly [number, number];
  /** 1: grey, 3: red, green, blue. */
  readonly channels: number;
  /** Applied first: 1/255 brings pixels to 0 to 1. */
  readonly scale: number;
  /** [channels], after scaling. */
  readonly mean: readonly number[];
  /** [channels], after scaling. */
  readonly standardDeviation: readonly number[];
  /** How the training images look, for pictures from elsewhere. */
  readonly picture?: PictureStyle;
}
