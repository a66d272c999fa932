/** Whether a request is for an external site. Throws TypeError for what leads nowhere: that is a fault of the flow, and not of the system. */
export function goesOutside(path: string): boolean {
  if (path.startsWith('/')) return false
  if (/^https?:/.test(path)) return true
  throw new TypeError(
    `'${path}' is no path: begin it with / or, outside of the system, with https://`,
  )
}
