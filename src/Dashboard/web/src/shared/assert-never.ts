/** Ends every switch over a union: a new member does not compile until it is decided here. */
export function assertNever(value: never): never {
  throw new Error(`Not expected: ${JSON.stringify(value)}`);
}
