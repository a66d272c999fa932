import { safeLines, withoutOrders } from '../report/index.ts'

/** Prints a report or an answer, which may have colours of its own and is safe to print otherwise. Nothing in it is an order to a pipeline. */
export function say(text: string, stream: NodeJS.WritableStream = process.stdout): void {
  stream.write(withoutOrders(text))
}

/** Says on stderr what does not belong to the answer, with whatever a program or an error may have said in it. */
export function sayAside(text: string): void {
  say(safeLines(text), process.stderr)
}

/** Says on stderr what is wrong but does not stand in the way. */
export function warn(text: string): void {
  sayAside(`aftershock: ${text}\n`)
}
