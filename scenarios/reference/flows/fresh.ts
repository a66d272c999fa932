import type { FlowContext } from 'aftershock'
import { actors } from '../actors.ts'

/**
 * A number from `first` to `count`, another one each time, from a part of the range that is this actor's own: content that nobody looked
 * at for a while, so that no cache can answer for the service behind it.
 */
export function freshNumber(ctx: FlowContext, first: number, count: number): number {
  const size = Math.floor((count - first + 1) / actors.length)
  const part = actors.findIndex(({ id }) => id === ctx.actor.id)
  return first + part * size + (ctx.iteration % size)
}
