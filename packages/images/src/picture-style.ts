import { checkForm, checkOptions, OptionError, type PictureStyle } from '@striate/core';
import * as v from 'valibot';

/** The form of a {@link PictureStyle} in a file. */
export const pictureSchema: v.GenericSchema<unknown, PictureStyle> = v.strictObject({
  background: v.picklist(['dark', 'light']),
  centering: v.picklist(['none', 'mass']),
  box: v.exactOptional(
    v.custom<number>((value) => Number.isSafeInteger(value) && (value as number) >= 1, 'a whole number of at least 1'),
  ),
});

const pictureNames = { background: true, centering: true, box: true } as const;

/** @throws {OptionError} unless this says how pictures look */
export function checkPicture(where: string, picture: PictureStyle): void {
  checkOptions(where, picture, pictureNames, "picture: { background: 'dark', centering: 'none' }");
  const { box, ...rest } = picture;
  checkForm(
    where,
    { ...rest, ...(box !== undefined && { box }) },
    pictureSchema,
    (message) => new OptionError(message),
  );
}

/** @throws {OptionError} if the box is greater than the picture that it lies in */
export function checkBox(where: string, box: number | undefined, [height, width]: readonly [number, number]): void {
  if (box === undefined || !(box > Math.max(height, width))) return;
  throw new OptionError(`${where}: box is ${box}, but must be at most the longer side of ${height} x ${width}.`);
}
