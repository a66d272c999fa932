import { useState } from 'preact/hooks'

/** As much of JSON Schema as a form needs; the rest is for whoever checks the document. */
interface Schema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly minimum?: number
  readonly maximum?: number
  readonly description?: string
}

interface FormProps {
  readonly value: unknown
  readonly schema: unknown
  readonly change: (value: unknown) => void
}

/** A form for a document: a field for each flag, number and text, JSON for lists and for what has no schema. */
export function SchemaForm({ value, schema, change }: FormProps) {
  return (
    <div class="schema-form">
      <Value name="" path="" value={value} schema={(schema ?? {}) as Schema} change={change} />
    </div>
  )
}

interface ValueProps {
  readonly name: string
  /** From the root, for labels. */
  readonly path: string
  readonly value: unknown
  readonly schema: Schema
  readonly change: (value: unknown) => void
}

function Value(props: ValueProps) {
  const { name, path, value, schema, change } = props
  if (isObject(value) && (schema.properties ?? path === '')) {
    const members = Object.entries(value).map(([key, member]) => (
      <Value
        key={key}
        name={key}
        path={path === '' ? key : `${path}.${key}`}
        value={member}
        schema={schema.properties?.[key] ?? {}}
        change={(next) => change({ ...value, [key]: next })}
      />
    ))
    if (path === '') return <>{members}</>
    return (
      <details>
        <summary>{name}</summary>
        <div class="members">{members}</div>
      </details>
    )
  }
  return (
    <label class="leaf" title={schema.description ?? ''}>
      <span>{name}</span>
      <Leaf {...props} />
    </label>
  )
}

function Leaf({ path, value, schema, change }: ValueProps) {
  const named = { 'aria-label': path, name: path }
  if (schema.enum && schema.enum.every((one) => typeof one === 'string')) {
    return (
      <select {...named} value={String(value)} onChange={(e) => change(e.currentTarget.value)}>
        {schema.enum.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    )
  }
  switch (typeof value) {
    case 'boolean':
      return (
        <input
          {...named}
          type="checkbox"
          checked={value}
          onChange={(e) => change(e.currentTarget.checked)}
        />
      )
    case 'number':
      return <NumberField path={path} value={value} schema={schema} change={change} />
    case 'string':
      return (
        <input
          {...named}
          type="text"
          value={value}
          onInput={(e) => change(e.currentTarget.value)}
        />
      )
    default:
      return <Json path={path} value={value} change={change} />
  }
}

/** What is no number yet alters nothing. */
function NumberField(props: Pick<ValueProps, 'path' | 'schema' | 'change'> & { value: number }) {
  const { path, value, schema, change } = props
  const [typed, setTyped] = useState<string>()
  const take = ({ value: text, valueAsNumber }: HTMLInputElement) => {
    setTyped(text)
    if (!Number.isNaN(valueAsNumber)) change(valueAsNumber)
  }
  return (
    <input
      aria-label={path}
      name={path}
      type="number"
      step="any"
      min={schema.minimum}
      max={schema.maximum}
      aria-invalid={typed === ''}
      value={typed ?? value}
      onInput={(event) => take(event.currentTarget)}
      onBlur={() => setTyped(undefined)}
    />
  )
}

/** Lists and whatever else, as JSON. What is not JSON yet alters nothing. */
function Json(props: { path: string; value: unknown; change: (value: unknown) => void }) {
  const { path, value, change } = props
  const [text, setText] = useState<string>()
  const shown = text ?? JSON.stringify(value, null, 1)
  const take = (next: string) => {
    setText(next)
    try {
      change(JSON.parse(next))
    } catch {
      // Being typed: the field is marked until it is JSON again.
    }
  }
  return (
    <textarea
      aria-label={path}
      name={path}
      rows={Math.min(8, shown.split('\n').length)}
      aria-invalid={text !== undefined && !isJson(text)}
      value={shown}
      onInput={(event) => take(event.currentTarget.value)}
      onBlur={() => setText(isJson(shown) ? undefined : shown)}
    />
  )
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // That it cannot be parsed is the answer.
    return false
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
