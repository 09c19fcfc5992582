/** Why a file is not read, without its subject. */
export const tooLong = (limit: number): string => `it has more than ${limit} bytes; maxBytes raises the limit`;
