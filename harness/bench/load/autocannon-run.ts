/** autocannon in a process of its own: `url`, requests. Prints, as JSON, the CPU taken and the requests answered by the end of each second. */
import autocannon from 'autocannon'
import { markNow, type Mark } from './mark.ts'

const [url = '', amount = ''] = process.argv.slice(2)
const marks: Mark[] = []
let requests = 0

const timer = setInterval(() => marks.push(markNow(requests)), 1_000)
const running = autocannon(
  { url, connections: 50, amount: Number(amount) },
  (error: Error | null) => {
    clearInterval(timer)
    if (error) throw error
    marks.push(markNow(requests))
    process.stdout.write(JSON.stringify(marks))
  },
)
running.on('response', () => (requests += 1))
