import { describe, expect, it } from 'vitest'
import { durationMs } from './duration.ts'
import { cellsOfMix, validateProfile } from './profile.ts'

const context = {
  flows: [
    { id: 'read', actors: ['web', 'mobile'] },
    { id: 'post', actors: ['web'] },
  ],
  actors: [{ id: 'web' }, { id: 'mobile' }],
}

describe('a length of time', () => {
  it.each([
    ['500ms', 500],
    ['1m30s', 90_000],
    ['1.5s', 1_500],
    ['2h', 7_200_000],
    [250, 250],
    [0, 0],
  ])('%s is %d ms', (given, wanted) => expect(durationMs(given)).toBe(wanted))

  it.each(['', '5', '1x', 's', '1s x', -1, NaN])('%s is none', (given) =>
    expect(durationMs(given)).toBeNaN(),
  )
})

describe('a profile', () => {
  it('with each executor and its fields has no problem', () => {
    const problems = validateProfile(
      {
        executors: {
          a: {
            executor: 'constant-arrival-rate',
            rate: 10,
            timeUnit: '1m',
            duration: '1m',
            preAllocatedVUs: 5,
            maxVUs: 50,
          },
          b: {
            executor: 'ramping-arrival-rate',
            startRate: 1,
            stages: [{ target: 9, duration: '5s' }],
            preAllocatedVUs: 5,
          },
          c: {
            executor: 'constant-vus',
            vus: 3,
            duration: 500,
            startTime: '5s',
            gracefulStop: '1s',
          },
          d: {
            executor: 'ramping-vus',
            startVUs: 0,
            stages: [
              { target: 3, duration: 0 },
              { target: 3, duration: '1s' },
            ],
          },
          e: { executor: 'per-vu-iterations', vus: 2, iterations: 4, maxDuration: '1m' },
          f: {
            executor: 'shared-iterations',
            mix: [{ flow: 'read', actor: 'mobile', weight: 0.5 }],
          },
        },
        mix: [{ flow: 'read' }, { flow: 'post', weight: 3 }],
        thinkTime: { min: '1s', max: '2s' },
        thresholds: {
          'http_req_duration{flow:read}': [
            'p(95)<300',
            { threshold: 'p(99)<900', abortOnFail: true, delayAbortEval: '5s' },
          ],
        },
      },
      context,
    )
    expect(problems).toEqual([])
  })

  it('says all that is wrong at once, where, and what to do', () => {
    const problems = validateProfile(
      {
        executors: {
          a: { executor: 'constant-arrival-rate', rate: 0, duration: '0s', vus: 3 },
          b: { executor: 'ramping-vus', startVUs: 1.5, stages: [{ target: -1, duration: 'x' }] },
          c: { executor: 'sprint' },
          d: {
            executor: 'constant-arrival-rate',
            rate: 1,
            duration: '1s',
            preAllocatedVUs: 9,
            maxVUs: 2,
            thinkTime: '1s',
          },
        },
        mix: [{ flow: 'raed' }, { flow: 'post', actor: 'mobile' }, { flow: 'read', weight: 0 }],
        thinkTime: { min: '2s', max: '1s' },
        thresholds: { http_req_duration: ['p(95)<', 'rate<1'], latency: ['p(95)<1'] },
        stages: [],
      },
      context,
    )
    expect(problems.map(({ path, message, hint }) => `${path} ${message}. ${hint}`)).toEqual([
      'profile.stages is not known. known are executors, mix, thinkTime, thresholds, connections',
      expect.stringMatching(/^profile\.executors\.a\.vus is not known/),
      'profile.executors.a.preAllocatedVUs is missing. constant-arrival-rate needs it',
      'profile.executors.a.rate is 0. use a number over 0',
      "profile.executors.a.duration is 0. use '30s'",
      'profile.executors.b.startVUs is 1.5. use a whole number from 0 to 100000',
      'profile.executors.b.stages[0].target is -1. use a whole number from 0 to 100000',
      `profile.executors.b.stages[0].duration is "x". use '500ms', '1m30s' or a number of ms`,
      expect.stringMatching(
        /^profile\.executors\.c\.executor is "sprint"\. use one of constant-arr/,
      ),
      'profile.executors.d.maxVUs is 2. use preAllocatedVUs or more',
      'profile.executors.d.thinkTime is given. leave it out: with constant-arrival-rate nobody waits',
      'profile.mix[0].flow is "raed". name one of read, post',
      `profile.mix[1].actor is "mobile". 'post' is done by web`,
      'profile.mix[2].weight is 0. use a number over 0',
      'profile.thinkTime goes from 2s to 1s. let min be the lower one',
      "profile.thresholds['http_req_duration'] 'p(95)<' is not a threshold. use 'p(95)<300' or 'rate>0.99'",
      "profile.thresholds['http_req_duration'] 'rate<1' does not suit http_req_duration. use avg, min, max, med, p(N)",
      expect.stringMatching(
        /^profile\.thresholds\['latency'\] 'latency' is no metric\. use one of/,
      ),
    ])
  })

  it('names what a threshold asks for and nobody measures', () => {
    const a = { executor: 'constant-vus', duration: '1s' }
    const thresholds = {
      'iteration_duration{flow:raed}': ['p(95)<1'],
      'checks{actor:web,executor:a}': ['rate>0.9'],
      'checks{executor:b}': ['rate>0.9'],
      'checks{window:change:1}': ['rate>0.9'],
      checks: [
        { threshold: 'rate>0.9', abortOnFail: 'yes' },
        { threshold: 'rate>0', abort: true, delayAbortEval: 'x', abortOnFail: 1 },
      ],
      'checks{url:x}': ['rate>0.9'],
    }
    const problems = validateProfile({ executors: { a }, thresholds }, context)
    expect(problems.map(({ path, message, hint }) => `${path} ${message}. ${hint}`)).toEqual([
      "profile.thresholds['iteration_duration{flow:raed}'] names the flow 'raed'. use one of read, post",
      "profile.thresholds['checks{executor:b}'] names the executor 'b'. use one of a",
      "profile.thresholds['checks{window:change:1}'] names the window 'change:1'. leave it out: only load in a scenario has windows",
      "profile.thresholds['checks'] abortOnFail is 'yes'. use true or false",
      "profile.thresholds['checks'].abort is not known. known are threshold, abortOnFail, delayAbortEval",
      "profile.thresholds['checks'] delayAbortEval is 'x'. use '10s'",
      "profile.thresholds['checks'] abortOnFail is '1'. use true or false",
      "profile.thresholds['checks{url:x}'] '{url:x}' is no list of tags. use {flow:…,actor:…}; known are flow, actor, executor, window, step",
    ])
  })

  it('names the windows and steps of a scenario', () => {
    const a = { executor: 'constant-vus', duration: '1s' }
    const of = { ...context, windows: ['baseline', 'change:1', 'recovery'], steps: ['slow'] }
    const tagged = (tags: string) =>
      validateProfile({ executors: { a }, thresholds: { [`checks{${tags}}`]: ['rate>0'] } }, of)
    expect(tagged('window:change:1,step:slow')).toEqual([])
    expect(tagged('window:change')).toMatchObject([
      { message: "names the window 'change'", hint: 'use one of baseline, change:1, recovery' },
    ])
    expect(tagged('step:quick')).toMatchObject([{ hint: 'use one of slow' }])
  })

  it('says of a field of k6 that is not here why', () => {
    const stages = [{ target: 1, duration: '1s' }]
    const a = { executor: 'ramping-vus', stages, gracefulRampDown: '5s' }
    expect(validateProfile({ executors: { a } }, context)).toEqual([
      {
        path: 'profile.executors.a.gracefulRampDown',
        message: 'is not known',
        hint: 'leave it out: a user that is no longer wanted ends the flow it is in, which its timeoutMs bounds',
      },
    ])
  })

  it.each([undefined, null, 7, 'x', [], { executors: {} }, { executors: { a: null } }])(
    'that is %j is refused and does not throw',
    (value) => expect(validateProfile(value, context).length).toBeGreaterThan(0),
  )
})

describe('a mix', () => {
  it('spreads the weight of a flow over its actors', () => {
    expect(
      cellsOfMix(
        [
          { flow: 'read', weight: 4 },
          { flow: 'post', actor: 'web' },
        ],
        context,
      ),
    ).toEqual([
      { flow: 'read', actor: 'web', weight: 2 },
      { flow: 'read', actor: 'mobile', weight: 2 },
      { flow: 'post', actor: 'web', weight: 1 },
    ])
  })

  it('is every cell alike when there is none', () => {
    expect(cellsOfMix(undefined, context).map(({ weight }) => weight)).toEqual([1, 1, 1])
  })
})
