/** Members that nobody knows, which are a slip of the pen, and would be passed over in silence. */
export function unknownMembers(given: object, names: readonly string[]): string[] {
  return Object.keys(given).filter((name) => !names.includes(name))
}
