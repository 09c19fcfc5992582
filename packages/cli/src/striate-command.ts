import { clipped, nearest } from '@striate/core';
import { Command } from 'commander';

/** Commander's command, with our nearest names for options: `--lr`, `--batch_size` and other libraries' words too. */
export class StriateCommand extends Command {
  override createCommand(name?: string): StriateCommand {
    return new StriateCommand(name);
  }

  /** Called by commander. */
  unknownOption(given: string): never {
    const flag = given.replace(/=.*$/s, '');
    const commands = [this, ...(this.parent ? [this.parent] : [])];
    const known = commands.flatMap((command) => [...command.createHelp().visibleOptions(command)]);
    const near = nearest(
      flag,
      known.map((option) => option.attributeName()),
    );
    const meant = known.find((option) => option.attributeName() === near)?.long;
    const advice = meant === undefined ? '' : `\n(Did you mean ${meant}?)`;
    return this.error(`error: unknown option '${clipped(flag)}'${advice}`, { code: 'commander.unknownOption' });
  }
}

/** A text of commander, in which no word of the command line is told at length. */
export const shortened = (text: string): string => text.replaceAll(/'([^']{60})[^']+'/g, "'$1...'");
