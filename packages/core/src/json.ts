/** What a JSON file can hold: options, records of initialisers and penalties, model graphs. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };
