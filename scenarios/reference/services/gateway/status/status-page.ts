import type { State, StatusReport } from './status-monitor.ts'

const HEADLINE: Readonly<Record<State, string>> = {
  operational: 'All systems operational',
  degraded: 'Some systems are degraded',
  outage: 'Some systems are down',
}

/** For browsers. Names and states are our own words, so nothing needs escaping. */
export function renderStatusPage(report: StatusReport): string {
  const rows = report.components.map(
    ({ name, state, since }) =>
      `<tr><th scope="row">${name}</th><td class="${state}">${state}</td><td>since <time>${since}</time></td></tr>`,
  )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="5">
<title>${HEADLINE[report.overall]}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .5rem; border-top: 1px solid #ccc }
.operational { color: #0a6b2d } .degraded { color: #8a5a00 } .outage { color: #b00020 }
</style>
<h1 class="${report.overall}">${HEADLINE[report.overall]}</h1>
<table>
${rows.join('\n')}
</table>
<p>Updated <time>${report.updatedAt}</time></p>
</html>
`
}
