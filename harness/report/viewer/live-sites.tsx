import { useState } from 'preact/hooks'
import { Choice, DoButton, Field, type ToolProps } from './live-parts.tsx'

/** Failure modes of external sites. */
export function SiteTool({ act, system, canAct }: ToolProps) {
  const [chosen, setHost] = useState('')
  const [variant, setVariant] = useState('')
  const [toxicity, setToxicity] = useState('1')
  const [to, setTo] = useState('')
  const site = system.sites.find(({ host }) => host === chosen) ?? system.sites[0]
  if (!site) return <p class="quiet">The system has no external sites.</p>
  const name = site.variants.includes(variant) ? variant : (site.variants[0] ?? '')
  const others = system.sites.flatMap(({ host }) => (host === site.host ? [] : [host]))
  const leads = name === 'moved'
  const put = () => {
    const extent = { toxicity: Number(toxicity), ...(leads ? { to: to || (others[0] ?? '') } : {}) }
    return act('set-variant', { host: site.host, variant: { name, ...extent } })
  }
  return (
    <>
      <div class="fields">
        <Choice
          label="site"
          value={site.host}
          options={system.sites.map(({ host }) => [host, host])}
          choose={setHost}
        />
        <Choice
          label="fails as"
          value={name}
          options={site.variants.map((one) => [one, one])}
          choose={setVariant}
        />
        {leads ? (
          <Choice
            label="moved to"
            value={to || (others[0] ?? '')}
            options={others.map((one) => [one, one])}
            choose={setTo}
          />
        ) : null}
        <Field label="share struck">
          <input
            type="number"
            min="0"
            max="1"
            step="0.1"
            value={toxicity}
            onInput={(event) => setToxicity(event.currentTarget.value)}
          />
        </Field>
      </div>
      <DoButton run={put} can={canAct} label="Turn on" done="it is in force" strong />
    </>
  )
}
