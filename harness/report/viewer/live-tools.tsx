import { useState } from 'preact/hooks'
import { ConfigTool } from './live-config.tsx'
import { FlowTool } from './live-flow.tsx'
import { LinkTool } from './live-links.tsx'
import { LoadTool } from './live-load.tsx'
import { Inputs, type ToolProps } from './live-parts.tsx'
import { SaveTool } from './live-save.tsx'
import { SiteTool } from './live-sites.tsx'
import { TraceTool } from './live-trace.tsx'

const tools = [
  ['Configuration', ConfigTool],
  ['Links', LinkTool],
  ['Sites', SiteTool],
  ['Load', LoadTool],
  ['Run a flow', FlowTool],
  ['Trace', TraceTool],
  ['Save', SaveTool],
] as const

/** The tools as tabs, by the keyboard as ARIA has it: arrows, Home and End. */
export function Tools(props: ToolProps) {
  const [at, setAt] = useState(0)
  const [inputs, setInputs] = useState(0)
  const press = (event: KeyboardEvent) => {
    const last = tools.length - 1
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key]
    if (to === undefined) return
    event.preventDefault()
    const next = (to + tools.length) % tools.length
    setAt(next)
    document.getElementById(`tab-${next}`)?.focus()
  }
  return (
    <section id="tools" aria-labelledby="tools-title">
      <h2 id="tools-title">By hand</h2>
      <div role="tablist" aria-labelledby="tools-title" onKeyDown={press}>
        {tools.map(([name], index) => (
          <button
            type="button"
            role="tab"
            key={name}
            id={`tab-${index}`}
            aria-selected={index === at}
            aria-controls={`panel-${index}`}
            tabIndex={index === at ? 0 : -1}
            onClick={() => setAt(index)}
          >
            {name}
          </button>
        ))}
      </div>
      {tools.map(([name, Tool], index) => (
        <div
          role="tabpanel"
          key={name}
          id={`panel-${index}`}
          aria-labelledby={`tab-${index}`}
          hidden={index !== at}
          onInput={() => setInputs(inputs + 1)}
        >
          <Inputs.Provider value={inputs}>
            <Tool {...props} />
          </Inputs.Provider>
        </div>
      ))}
    </section>
  )
}
