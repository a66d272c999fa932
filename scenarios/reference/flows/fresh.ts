import type { FlowContext } from 'aftershock'

/**
 * A number from `first` to `count`, another one each time, from a part of the range that is this one's own among `actors`: content that
 * nobody looked at for a while, so that no cache can answer for the service behind it.
 */
export function freshNumber(
  ctx: FlowContext,
  actors: readonly string[],
  first: number,
  count: number,
): number {
  const size = Math.floor((count - first + 1) / actors.length)
  return first + actors.indexOf(ctx.actor.id) * size + (ctx.iteration % size)
}
