/** performance.now() counts from the start of each thread; the process's clock is the same for all. */
const offsetMs = measureOffset()

/** Ms on a monotonic clock that all threads share. */
export function sharedNow(): number {
  return performance.now() + offsetMs
}

/** Read between two looks at the other clock that are close together: whoever is put aside between two clocks is off by that for good. */
function measureOffset(): number {
  let closest = Infinity
  let offset = 0
  for (let i = 0; i < 20 && closest > 0.005; i += 1) {
    const before = performance.now()
    const shared = Number(process.hrtime.bigint()) / 1e6
    const after = performance.now()
    if (after - before >= closest) continue
    closest = after - before
    offset = shared - (before + after) / 2
  }
  return offset
}
