/** Compile-time proof that a switch over a union covers every member. */

/**
 * Ends a switch over a union: the compiler rejects the call while a member is left over.
 *
 * @throws Error when data from outside the type system reaches it all the same.
 */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
