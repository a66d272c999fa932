import { useEffect, useRef, useState } from 'preact/hooks'
import type { ConfigCheck, ConfigToEdit } from '../live-contract.ts'
import { rebased } from '../rebased.ts'
import { Choice, DoButton, type ToolProps } from './live-parts.tsx'
import { DiffLine } from './diff-line.tsx'
import { SchemaForm } from './schema-form.tsx'

const checkAfterMs = 150

/** The configuration of a service: a form made from its JSON Schema, and what writing it would alter. */
export function ConfigTool({ act, system, state, canAct }: ToolProps) {
  const services = system.services.filter(({ configurable }) => configurable)
  const [name, setName] = useState('')
  const service = services.find((one) => one.name === name) ?? services[0]
  const [read, setRead] = useState<ConfigToEdit>()
  const [document, setDocument] = useState<unknown>()
  const lastRead = useRef<unknown>(undefined)
  const asked = useRef(0)
  const [check, setCheck] = useState<ConfigCheck>()
  const [problem, setProblem] = useState('')
  const inForce = JSON.stringify(state.inForce)
  const failed = (error: unknown) =>
    setProblem(error instanceof Error ? error.message : String(error))
  /** With what was typed: what comes into force meanwhile takes nothing away from that. */
  const load = () => {
    if (!service) return
    asked.current += 1
    const own = asked.current
    const isLate = () => own !== asked.current
    act('read-config', { service: service.name }).then(
      (answer) => {
        if (isLate()) return
        const before = lastRead.current
        lastRead.current = answer.document
        setRead(answer)
        setDocument((edited: unknown) =>
          edited === undefined ? answer.document : rebased(edited, before, answer.document),
        )
        setProblem('')
      },
      (error: unknown) => {
        if (!isLate()) failed(error)
      },
    )
  }
  // What was read and typed of one service is nothing for another.
  useEffect(() => {
    lastRead.current = undefined
    setRead(undefined)
    setDocument(undefined)
    setProblem('')
  }, [service?.name])
  useEffect(load, [service?.name, inForce])
  const startOver = () => {
    setDocument(lastRead.current)
    load()
  }
  useEffect(() => {
    setCheck(undefined)
    if (!service || document === undefined) return undefined
    let isLate = false
    const ask = () =>
      act('check-config', { service: service.name, document }).then(
        (answer) => {
          if (isLate) return
          setCheck(answer)
          setProblem('')
        },
        (error: unknown) => {
          if (!isLate) failed(error)
        },
      )
    const timer = setTimeout(() => void ask(), checkAfterMs)
    return () => {
      isLate = true
      clearTimeout(timer)
    }
  }, [document, service?.name, inForce])
  if (!service) return <p class="quiet">No service has a configuration that can be edited.</p>
  const write = (replicas: number) =>
    act('write-config', { service: service.name, document, replicas })
  const alters = check?.alters ?? []
  const isAltered = alters.some(({ difference }) => difference.length > 0)
  const all = service.replicas.length
  return (
    <div class="config">
      <div>
        <div class="fields">
          <Choice
            label="service"
            value={service.name}
            options={services.map((one) => [one.name, one.name])}
            choose={setName}
          />
        </div>
        {read && read.differing.length > 0 ? (
          <p class="quiet">
            What is shown is that of {service.replicas[0]}; {read.differing.join(', ')} has another
            one.
          </p>
        ) : null}
        {document === undefined ? null : (
          <SchemaForm value={document} schema={read?.schema} change={setDocument} />
        )}
      </div>
      <div class="config-diff">
        <h3>What this alters</h3>
        {problem === '' ? null : <p class="bad-text">{problem}</p>}
        <div
          class="diff"
          id="config-difference"
          role="region"
          aria-label="What this alters"
          tabIndex={0}
        >
          {isAltered ? (
            sameOnes(alters).map(({ replicas, difference }, index, { length }) => (
              <div key={index}>
                {length > 1 ? <h4>{replicas.join(', ')}</h4> : null}
                {difference.length === 0 ? (
                  <p class="quiet">Nothing: it has this already.</p>
                ) : null}
                {difference.map((line) => (
                  <DiffLine key={line} line={line} />
                ))}
              </div>
            ))
          ) : (
            <p class="quiet">Nothing yet.</p>
          )}
        </div>
        {(check?.problems ?? []).map((one) => (
          <p key={one} class="bad-text" role="alert">
            {one}
          </p>
        ))}
        {check && check.problems.length > 0 ? (
          <p class="quiet">
            It can be written all the same: to see whether the service refuses it is a test, too.
          </p>
        ) : null}
        <p>
          {all > 1 ? (
            <DoButton
              run={() => write(1)}
              can={canAct && (alters[0]?.difference.length ?? 0) > 0}
              label={`Write to ${service.replicas[0] ?? 'one'}`}
            />
          ) : null}
          <DoButton
            run={() => write(all)}
            can={canAct && isAltered}
            label={all > 1 ? `Write to all ${all}` : 'Write'}
            strong
          />
          <button type="button" onClick={startOver}>
            Start over
          </button>
        </p>
      </div>
    </div>
  )
}

/** Replicas on which the same is altered stand together. */
function sameOnes(alters: ConfigCheck['alters']) {
  const groups = Map.groupBy(alters, ({ difference }) => difference.join('\n'))
  return [...groups.values()].map((own) => ({
    replicas: own.map(({ replica }) => replica),
    difference: own[0]?.difference ?? [],
  }))
}
