import type { HttpKind } from './toxic.ts'

/** Sets a header of the answer (downstream) or of the request (upstream), or takes it away. */
export const header: HttpKind<'header'> = {
  on: 'requests',
  strike({ name, value }, { stream }) {
    const edit = (headers: string[]): string[] => {
      const isNamed = (at: number) => headers[at - (at % 2)]?.toLowerCase() === name.toLowerCase()
      const others = headers.filter((_, at) => !isNamed(at))
      return value === undefined ? others : [...others, name, value]
    }
    return stream === 'upstream' ? { requestHeaders: edit } : { answerHeaders: edit }
  },
}
