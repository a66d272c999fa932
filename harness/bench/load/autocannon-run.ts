/** autocannon in a process of its own: `url`, seconds. Prints, as JSON, the CPU taken and the requests answered by the end of each second. */
import autocannon from 'autocannon'
import type { Mark } from './tools.ts'

const [url = '', seconds = ''] = process.argv.slice(2)
const marks: Mark[] = []
let requests = 0

function mark(): void {
  const { user, system } = process.cpuUsage()
  marks.push({
    cpuMs: (user + system) / 1_000,
    requests,
    rssMiB: process.memoryUsage.rss() / 2 ** 20,
  })
}

const timer = setInterval(mark, 1_000)
const running = autocannon(
  { url, connections: 50, duration: Number(seconds) },
  (error: Error | null) => {
    clearInterval(timer)
    if (error) throw error
    mark()
    process.stdout.write(JSON.stringify(marks))
  },
)
running.on('response', () => (requests += 1))
