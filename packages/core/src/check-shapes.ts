import { DataError } from './errors.ts';

/** Shapes by name. */
export type Shapes = Readonly<Record<string, { readonly shape: readonly number[] }>>;

/**
 * Compares names and shapes with those wanted.
 *
 * @throws {DataError} naming the first difference, in the order of the wanted ones
 */
export function checkShapes(where: string, found: Shapes, wanted: Shapes): void {
  const mend = 'It belongs to another model; give that one, or another file.';
  for (const [name, { shape }] of Object.entries(wanted)) {
    const other = Object.hasOwn(found, name) ? found[name] : undefined;
    if (!other)
      throw new DataError(`${where}: has no '${name}', which the model has as [${shape.join(', ')}]. ${mend}`);
    if (other.shape.join() !== shape.join()) {
      throw new DataError(
        `${where}: '${name}' is [${other.shape.join(', ')}], but the model's is [${shape.join(', ')}]. ${mend}`,
      );
    }
  }
  const surplus = Object.keys(found).find((name) => !Object.hasOwn(wanted, name));
  if (surplus !== undefined) throw new DataError(`${where}: has '${surplus}', which the model does not have. ${mend}`);
}
