/**
 * What k6 says by its exit code. Source: github.com/grafana/k6, errext/exitcodes/codes.go.
 * done: the load ran, whatever it found. thresholds: it ran, and a threshold does not hold. aborted: somebody ended it.
 * stopped: the script ended it itself. refused: nothing was measured, since script, options or machine do not allow it.
 */
export type K6End = 'done' | 'thresholds' | 'aborted' | 'stopped' | 'refused'

export interface K6Exit {
  readonly end: K6End
  readonly meaning: string
}

const exits: Readonly<Record<number, K6Exit>> = {
  0: { end: 'done', meaning: 'the load ran to its end' },
  97: { end: 'refused', meaning: 'a run in the cloud failed' },
  98: { end: 'refused', meaning: 'the progress of a run in the cloud could not be read' },
  99: { end: 'thresholds', meaning: 'thresholds do not hold' },
  100: { end: 'refused', meaning: 'the actors were not signed in in time (setup)' },
  101: { end: 'refused', meaning: 'teardown took too long' },
  102: { end: 'refused', meaning: 'something took too long' },
  103: { end: 'refused', meaning: 'the run could not be paused or resumed' },
  104: { end: 'refused', meaning: 'k6 does not accept the options' },
  105: { end: 'aborted', meaning: 'it was interrupted from outside' },
  106: { end: 'refused', meaning: "k6's own API could not be started" },
  107: { end: 'refused', meaning: 'the script threw an exception' },
  108: { end: 'stopped', meaning: 'the script ended the load: a flow is wrong' },
  109: { end: 'refused', meaning: 'k6 itself broke down' },
  110: { end: 'stopped', meaning: 'the script marked the load as failed' },
}

export function exitOfK6(code: number): K6Exit {
  return exits[code] ?? { end: 'refused', meaning: 'a code that is not known' }
}
