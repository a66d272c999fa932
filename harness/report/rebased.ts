type Members = Readonly<Record<string, unknown>>

/** What was edited of a document, put into that which came since: members that were not edited are those of `now`. */
export function rebased(edited: unknown, before: unknown, now: unknown): unknown {
  if (isSame(edited, before)) return now
  if (!isObject(edited) || !isObject(before) || !isObject(now)) return edited
  const names = new Set([...Object.keys(now), ...Object.keys(edited)])
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const from = isSame(edited[name], before[name]) ? now : edited
      return name in from ? [[name, rebased(from[name], before[name], now[name])]] : []
    }),
  )
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
