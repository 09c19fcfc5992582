import { clipped, nearest } from '@striate/core';
import { Command } from 'commander';

/** Commander's command, with our nearest names for options: `--lr`, `--batch_size` and other libraries' words too. */
export class StriateCommand extends Command {
  #takesAll = false;

  override createCommand(name?: string): StriateCommand {
    return new StriateCommand(name);
  }

  override allowUnknownOption(allow = true): this {
    this.#takesAll = allow;
    return super.allowUnknownOption(allow);
  }

  /** Called by commander. */
  unknownOption(given: string): void {
    if (this.#takesAll) return;
    const flag = given.replace(/=.*$/s, '');
    const commands = [this, ...(this.parent ? [this.parent] : [])];
    const known = commands.flatMap((command) => [...command.createHelp().visibleOptions(command)]);
    const near = nearest(
      flag,
      known.map((option) => option.attributeName()),
    );
    const meant = known.find((option) => option.attributeName() === near)?.long;
    const advice = meant === undefined ? '' : `\n(Did you mean ${meant}?)`;
    this.error(`error: unknown option '${clipped(flag)}'${advice}`, { code: 'commander.unknownOption' });
  }
}

/** A text of commander, in which no word of the command line is told at length. */
export function shortened(text: string, words: readonly string[] = process.argv): string {
  const parts = words.flatMap((word) => [word, word.slice(word.indexOf('=') + 1)]);
  return parts.reduce((told, part) => (part === clipped(part) ? told : told.replaceAll(part, clipped(part))), text);
}
