import type { PictureDecoder, PictureLimits } from './picture-decoder.ts';
import type { ResizedPicture, ResizeOptions } from './resize.ts';

/** What differs between Node and a page. */
export interface Platform {
  startDecoder(limits: Required<PictureLimits>): PictureDecoder;
  resize(picture: ResizedPicture, options: ResizeOptions): Promise<ResizedPicture>;
  /** Undefined in a page, where every text is an address. */
  readFile?: (path: string, limit: number) => Promise<Uint8Array>;
  fileURLToPath?: (url: URL) => string;
}
