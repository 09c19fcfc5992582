import { checkCounts, checkFlag, checkOptions } from '@striate/core';
import platform from '#platform';

/** What a file held, upright, 0 to 255, without transparency. */
export interface DecodedPicture {
  width: number;
  height: number;
  channels: 1 | 2 | 3 | 4;
  /** [height * width * channels] */
  pixels: Uint8Array;
  /** Width and height before it was made smaller. */
  full: { width: number; height: number };
  /** Whether it had to be turned to stand upright; pages do not say so. */
  isTurned: boolean;
  /** Whether it was laid on white. */
  isTransparent: boolean;
}

/** What a picture may be. */
export interface PictureLimits {
  /** Most pixels, width times height; in Node, time and memory are limited in proportion. Default 120 million. */
  maxPixels?: number;
  /** Most bytes of a file, which is read whole. Default 100 million. */
  maxBytes?: number;
  /** In Node, whether formats that are drawn while they are read (SVG) are let in. Default false. */
  allowDrawings?: boolean;
}

/** Decodes pictures, one after the other. */
export interface PictureDecoder {
  /**
   * @param file `name` is what errors call it; `size`, [H, W] that the picture will be brought to: one of more than 4
   * million pixels comes out at 1/2, 1/4, 1/8, ... of its width and height, but at no less than twice that size
   * @throws {DataError} if it is no picture, or goes beyond a limit
   * @throws {OptionError} in Node, where the package sharp is not installed
   */
  decode(bytes: Uint8Array, file: { name: string; size: readonly [number, number] }): Promise<DecodedPicture>;
  /** Most bytes of a file that may be read for it. */
  readonly maxBytes: number;
  /** In Node, ends the process. */
  close(): void;
}

/** A phone makes 50 million, in files of 10 to 75 million bytes. */
const defaultMaxPixels = 120_000_000;
const defaultMaxBytes = 100_000_000;

/**
 * Starts what decodes pictures, for many of them: {@link readPicture} by itself starts and ends one for each.
 *
 * In Node it is a process of its own, which is ended, and started anew for the next, where a picture takes more than 5 s
 * and 0.2 s a million pixels of the limit (29 s), or 256 MB and 8 bytes a pixel of it (1.2 GB). In a page it is the
 * browser's own decoder.
 *
 * @throws {OptionError} for an impossible limit
 * @example
 * const decoder = startPictureDecoder({ maxPixels: 20_000_000 });
 * for (const file of files) console.log(file, (await readPicture(file, preprocessing, { decoder })).steps);
 * decoder.close();
 */
export function startPictureDecoder(limits: PictureLimits = {}): PictureDecoder {
  checkLimits('startPictureDecoder', limits);
  const { maxPixels = defaultMaxPixels, maxBytes = defaultMaxBytes, allowDrawings = false } = limits;
  return { ...platform.startDecoder({ maxPixels, allowDrawings }), maxBytes };
}

/** @throws {OptionError} for an impossible limit */
function checkLimits(where: string, limits: PictureLimits): void {
  checkOptions(
    where,
    limits,
    { maxPixels: true, maxBytes: true, allowDrawings: true },
    `${where}({ maxPixels: 20_000_000 })`,
  );
  const { maxPixels, maxBytes, allowDrawings } = limits;
  if (maxPixels !== undefined) checkCounts(where, { maxPixels });
  if (maxBytes !== undefined) checkCounts(where, { maxBytes });
  if (allowDrawings !== undefined) checkFlag(where, 'allowDrawings', allowDrawings);
}
