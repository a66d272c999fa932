import { unknownMembers } from '../core/index.ts'

const kinds = {
  text: { is: (value: unknown) => typeof value === 'string', says: 'a text' },
  texts: {
    is: (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
    says: 'a list of texts',
  },
  number: { is: (value: unknown) => typeof value === 'number', says: 'a number' },
  flag: { is: (value: unknown) => typeof value === 'boolean', says: 'true or false' },
  list: { is: (value: unknown) => Array.isArray(value), says: 'a list' },
} as const

export type Known = Readonly<Record<string, keyof typeof kinds>>

/** What every fault takes. */
export const ofAnyFault = { effects: 'list', title: 'text' } as const satisfies Known

/** Options that are not known, or not of their kind: scenario files run without a check of their types. */
export function optionProblems(given: object, known: Known): string[] {
  const values = given as Readonly<Record<string, unknown>>
  const names = Object.keys(known)
  return [
    ...unknownMembers(given, names).map((name) => `${name} is not known: use ${names.join(', ')}`),
    ...Object.entries(known).flatMap(([name, kind]) => {
      const value = values[name]
      const { is, says } = kinds[kind]
      return value === undefined || is(value)
        ? []
        : [`${name} is ${JSON.stringify(value)}: use ${says}`]
    }),
  ]
}
