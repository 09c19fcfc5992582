/** A name in code as the command line writes it: 'linear-warm-up' of 'linearWarmUp'. */
export const hyphenated = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
