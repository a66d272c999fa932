import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Judgement } from '../../core/index.ts'

export type Shown = Judgement | 'none'

/** What a mark looks like and means. Colour repeats what shape and words say. */
export const marks: Readonly<Record<Shown, { sign: string; text: string }>> = {
  holds: { sign: '●', text: 'works' },
  broken: { sign: '✗', text: 'broken' },
  effect: { sign: '◆', text: 'changed as declared' },
  'effect-partial': { sign: '◐', text: 'as declared, but not always' },
  'effect-absent': { sign: '○', text: 'declared, did not come' },
  undecided: { sign: '?', text: 'not decided' },
  none: { sign: '–', text: 'not watched' },
}

export function Section(props: {
  id: string
  title: string
  aside?: ComponentChildren
  children: ComponentChildren
}) {
  return (
    <section id={props.id} aria-labelledby={`${props.id}-title`}>
      <header class="section-head">
        <h2 id={`${props.id}-title`}>{props.title}</h2>
        {props.aside === undefined ? null : <div class="aside">{props.aside}</div>}
      </header>
      {props.children}
    </section>
  )
}

/** Text with a button that copies it. Where there is no clipboard (a file opened from disk in some browsers) it is selected instead. */
export function CopyBlock({ text, label }: { text: string; label: string }) {
  const [state, setState] = useState('')
  const copy = async (event: Event) => {
    const block = (event.currentTarget as HTMLElement).parentElement?.querySelector('code')
    try {
      await navigator.clipboard.writeText(text)
      setState('copied')
    } catch {
      // Refused by the browser: what is selected can be copied by hand.
      if (block) getSelection()?.selectAllChildren(block)
      setState('selected: press Ctrl+C')
    }
  }
  return (
    <div class="copy">
      <pre tabIndex={0} aria-label={label}>
        <code>{text}</code>
      </pre>
      <button type="button" onClick={(event) => void copy(event)}>
        {label}
      </button>
      <span role="status">{state}</span>
    </div>
  )
}

export function Scroll({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="scroll" role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  )
}
