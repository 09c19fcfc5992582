import { checkForm, checkOptions, OptionError } from '@striate/core';
import * as v from 'valibot';
import type { PictureStyle } from './dataset.ts';

/** The form of a {@link PictureStyle} in a file. */
export const pictureSchema: v.GenericSchema<unknown, PictureStyle> = v.object({
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
