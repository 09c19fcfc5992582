export { centerByMass, type CenterByMassOptions } from './center-by-mass.ts';
export type { GreyPicture, Picture } from './picture.ts';
export {
  startPictureDecoder,
  type DecodedPicture,
  type PictureDecoder,
  type PictureLimits,
} from './picture-decoder.ts';
export type { PictureSource } from './picture-source.ts';
export { preparePicture, type PreparedPicture } from './prepare-picture.ts';
export { checkPreprocessing, preprocess, preprocessingSchema } from './preprocessing.ts';
export { readPicture, type ReadPictureOptions } from './read-picture.ts';
