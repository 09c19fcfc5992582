import { checkText } from './check-values.ts';

const occupants = new Set<{ readonly name: string }>();

/**
 * Says that something runs for a while which needs the backend in use to stay: `use` is refused until it has ended.
 *
 * @param name what the error calls it: 'fit'
 * @returns ends it
 * @throws {OptionError} if the name is no text
 * @example
 * const release = occupyBackend('fit');
 * release();
 */
export function occupyBackend(name: string): () => void {
  checkText('occupyBackend', 'name', name);
  const occupant = { name };
  occupants.add(occupant);
  return () => void occupants.delete(occupant);
}

/** Who needs the backend in use to stay, if anyone does. */
export function backendOccupant(): string | undefined {
  return occupants.values().next().value?.name;
}
