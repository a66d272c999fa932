import { useState } from 'preact/hooks'
import {
  linkTargetKey,
  toxicRules,
  type AttributeRule,
  type LinkTarget,
  type Toxic,
} from '../../core/index.ts'
import { Choice, DoButton, Field, type ToolProps } from './live-parts.tsx'

const types = Object.keys(toxicRules) as Toxic['type'][]
/** What one would try first. */
const usual: Readonly<Record<string, string>> = {
  latency: '500',
  rate: '100',
  timeout: '0',
  status: '503',
  average_size: '64',
  bytes: '512',
  keep: '0.5',
  name: 'x-debug',
  delay: '500',
}

/** Toxics on links and front doors. */
export function LinkTool({ act, system, canAct }: ToolProps) {
  const [key, setKey] = useState('')
  const [type, setType] = useState<Toxic['type']>('latency')
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const [toxicity, setToxicity] = useState('1')
  const [stream, setStream] = useState('downstream')
  const link = system.links.find((one) => linkTargetKey(one) === key) ?? system.links[0]
  if (!link) return <p class="quiet">The system has no links.</p>
  const rules = Object.entries<AttributeRule>(toxicRules[type])
  const valueOf = (name: string) => values[`${type} ${name}`] ?? usual[name] ?? ''
  const put = () => {
    const attributes = Object.fromEntries(
      rules.flatMap(([name, { kind }]) => {
        const value = valueOf(name)
        return value === '' ? [] : [[name, kind === 'text' ? value : numberIn(value)]]
      }),
    )
    const toxic = { type, stream, attributes, toxicity: Number(toxicity) } as Toxic
    return act('set-toxic', { link, toxic })
  }
  return (
    <>
      <div class="fields">
        <Choice
          label="between"
          value={linkTargetKey(link)}
          options={system.links.map((one) => [linkTargetKey(one), shown(one)])}
          choose={setKey}
        />
        <Choice
          label="toxic"
          value={type}
          options={types.map((one) => [one, one])}
          choose={(value) => setType(value as Toxic['type'])}
        />
        {rules.map(([name, rule]) => (
          <Field key={name} label={`${name}${'needed' in rule ? '' : ' (optional)'}`}>
            <input
              type="text"
              size={10}
              title={rule.says}
              inputMode={rule.kind === 'text' ? 'text' : 'decimal'}
              value={valueOf(name)}
              onInput={(event) =>
                setValues({ ...values, [`${type} ${name}`]: event.currentTarget.value })
              }
            />
          </Field>
        ))}
        <Choice
          label="direction"
          value={stream}
          options={[
            ['downstream', 'answers'],
            ['upstream', 'requests'],
          ]}
          choose={setStream}
        />
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

/** What is no number goes as it was typed, so that what is said against it names it. */
function numberIn(text: string): number | string {
  const value = Number(text)
  return Number.isNaN(value) ? text : value
}

function shown({ from, to }: LinkTarget): string {
  return from === undefined ? `users → ${to}` : `${from} → ${to}`
}
