/** A picture in memory. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /**
   * [height * width * channels] values 0 to 255, row by row: 1 channel for grey, 3 for red, green, blue, 2 and 4 with
   * opacity, as the `data` of a canvas.
   */
  readonly pixels: Uint8Array | Uint8ClampedArray;
}

/** A grey picture in memory. */
export interface GreyPicture {
  readonly width: number;
  readonly height: number;
  /** [height * width], 0 (nothing) to 255 (full ink). */
  readonly pixels: Uint8Array;
}
