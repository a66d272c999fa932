import { HarnessError } from '../core/index.ts'

/** Refuses options that would be ignored without a word, `because` of what else is given. Throws HarnessError USAGE for the first that is given. */
export function refuseIgnored(
  options: Readonly<Record<`--${string}`, unknown>>,
  because: string,
): void {
  const [ignored] =
    Object.entries(options).find(([, given]) => given !== undefined && given !== false) ?? []
  if (ignored === undefined) return
  throw new HarnessError('USAGE', `${ignored} ${because}`, { hint: `leave ${ignored} away` })
}
