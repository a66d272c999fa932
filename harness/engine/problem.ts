import { unknownMembers } from '../core/index.ts'

/** One thing to mend: where in the scenario, what is wrong with which value, and what to do. */
export interface Problem {
  readonly path: string
  readonly message: string
  readonly hint: string
}

const namePattern = /^[a-z][a-z0-9-]*$/

export function problem(path: string, message: string, hint: string): Problem[] {
  return [{ path, message, hint }]
}

export function checkName(path: string, name: string): Problem[] {
  return namePattern.test(name)
    ? []
    : problem(path, `is '${name}'`, 'use lower case letters, digits and dashes, a letter first')
}

/** A problem for each member that is not known. `path` is empty for the whole. */
export function checkKnown(path: string, given: object, names: readonly string[]): Problem[] {
  return unknownMembers(given, names).flatMap((name) =>
    problem(path === '' ? name : `${path}.${name}`, 'is not known', `use ${names.join(', ')}`),
  )
}

export function checkUnique(path: string, names: readonly string[]): Problem[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].flatMap((name) =>
    problem(path, `has '${name}' twice`, 'give each a name of its own'),
  )
}
