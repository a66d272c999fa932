import { createContext, type ComponentChildren } from 'preact'
import { useContext, useEffect, useState } from 'preact/hooks'
import type { LiveState, SystemToAct } from '../live-contract.ts'
import type { PageData } from '../page-data.ts'
import { Refused, type Act } from './live-feed.tsx'

/** So long a button says that something else was being done: soon it is not any more. */
const forNowMs = 5_000

/** What every tool is given. */
export interface ToolProps {
  readonly act: Act
  readonly state: LiveState
  readonly system: SystemToAct
  readonly data: PageData
  /** False while something else is being done, or nobody can act. */
  readonly canAct: boolean
}

/** Grows with each input in the tool around: what was said of an earlier one is no longer of interest then. */
export const Inputs = createContext(0)

/** A button that does something, and what came of it. Not `disabled` while it cannot be pressed, so that it keeps the focus. */
export function DoButton(props: {
  /** Throws what is wrong with an input. */
  run: () => Promise<unknown>
  can: boolean
  label: string
  /** What a screen reader says in place of the label. */
  name?: string
  done?: string
  strong?: boolean
}) {
  const { run, can, label, name, done, strong } = props
  const [said, setSaid] = useState<{ text: string; bad: boolean; isForNow?: boolean }>()
  const [running, setRunning] = useState(false)
  const inputs = useContext(Inputs)
  useEffect(() => setSaid(undefined), [inputs])
  const press = async () => {
    if (!can || running) return
    setRunning(true)
    setSaid(undefined)
    try {
      await run()
      if (done !== undefined) setSaid({ text: done, bad: false })
    } catch (error) {
      const isForNow = error instanceof Refused && error.isForNow
      setSaid({
        text: error instanceof Error ? error.message : String(error),
        bad: true,
        isForNow,
      })
      if (isForNow)
        setTimeout(() => setSaid((last) => (last?.isForNow ? undefined : last)), forNowMs)
    }
    setRunning(false)
  }
  return (
    <span class="do">
      <button
        type="button"
        class={strong ? 'strong' : ''}
        aria-disabled={!can || running}
        aria-label={name ?? label}
        onClick={() => void press()}
      >
        {label}
      </button>
      <span role="status" class={said?.bad ? 'bad-text' : 'quiet'}>
        {running ? 'one moment…' : said?.text}
      </span>
    </span>
  )
}

export function Field({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <label class="field">
      <span>{label}</span>
      {children}
    </label>
  )
}

/** A choice of one of several texts. */
export function Choice(props: {
  label: string
  value: string
  options: readonly (readonly [value: string, shown: string])[]
  choose: (value: string) => void
}) {
  return (
    <Field label={props.label}>
      <select value={props.value} onChange={(event) => props.choose(event.currentTarget.value)}>
        {props.options.map(([value, shown]) => (
          <option key={value} value={value}>
            {shown}
          </option>
        ))}
      </select>
    </Field>
  )
}
