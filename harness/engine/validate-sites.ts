import type { Step } from '../core/index.ts'
import { problem, type Problem } from './problem.ts'

/** A site has one failure mode at a time: a second one would end the first without a word. `earlier`: the steps before it. */
export function checkSitesInForce(path: string, step: Step, earlier: readonly Step[]): Problem[] {
  if (step.kind !== 'fault' || !step.sites) return []
  const before = earlier.filter(({ order }) => order === step.order)
  const ended = before.flatMap((one) => (one.kind === 'undo' ? [one.step] : []))
  const struckBy = (host: string) =>
    before.find(
      (one) =>
        one.kind === 'fault' &&
        !ended.includes(one.name) &&
        one.sites?.some((site) => site.host === host),
    )
  return step.sites.flatMap(({ host }) => {
    const other = struckBy(host)
    if (!other) return []
    return problem(
      path,
      `puts ${host} into a failure mode, and '${other.name}' has it in one already`,
      `put undo('${other.name}') before it: a site has one failure mode at a time`,
    )
  })
}
