import { useState } from 'preact/hooks'
import type { Gives } from '../live-contract.ts'
import { DoButton, type ToolProps } from './live-parts.tsx'
import { CopyBlock } from './parts.tsx'

/** What is in force as a scenario file. */
export function SaveTool({ act, canAct, state }: ToolProps) {
  const [saved, setSaved] = useState<Gives<'save-scenario'>>()
  return (
    <>
      <p>
        Writes a scenario beside the one that runs: the steps in force now, in their order, and what
        is seen to fail under them. It passes for as long as the same fails and everything else
        holds.
      </p>
      <DoButton
        run={async () => setSaved(await act('save-scenario', {}))}
        can={canAct && state.inForce.length > 0}
        label="Save as a scenario"
        strong
      />
      {state.inForce.length === 0 ? <p class="quiet">Nothing is in force.</p> : null}
      {state.loadPerSecond > 0 ? (
        <p class="quiet">
          The load is saved along. Whether anything is slower under it is not seen here: a run of
          the scenario tells.
        </p>
      ) : null}
      {saved ? (
        <div id="saved">
          <p>
            Saved as <code>{saved.path}</code>
            {saved.load === undefined ? '' : `, with a ${saved.load}.`}
          </p>
          <CopyBlock
            text={`npx aftershock run ${saved.path.replace(/^.*\/|\.scenario\.ts$/g, '')}`}
            label="Copy the command"
          />
          <pre tabIndex={0} role="region" aria-label="The scenario">
            {saved.text}
          </pre>
        </div>
      ) : null}
    </>
  )
}
