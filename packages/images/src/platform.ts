import type { PictureDecoder, PictureLimits } from './picture-decoder.ts';
import type { ResizedPicture, ResizeOptions } from './resize.ts';

/** The limits of what reading a file has given. */
export type PixelLimits = Required<Omit<PictureLimits, 'maxBytes'>>;

/** A decoder that does not know how much is read for it. */
export type PlatformDecoder = Omit<PictureDecoder, 'maxBytes'>;

/** What differs between Node and a page. */
export interface Platform {
  startDecoder(limits: PixelLimits): PlatformDecoder;
  resize(picture: ResizedPicture, options: ResizeOptions): Promise<ResizedPicture>;
  /** Undefined in a page, where every text is an address. */
  readFile?: (path: string, limit: number) => Promise<Uint8Array>;
  fileURLToPath?: (url: URL) => string;
}
