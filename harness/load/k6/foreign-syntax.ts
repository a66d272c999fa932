import { isBuiltin } from 'node:module'
import { parseAst } from 'rolldown/parseAst'

interface Node {
  readonly type: string
  readonly [part: string]: unknown
}

const globalObjects: readonly unknown[] = ['globalThis', 'global']
/** Of Node; k6 has `import.meta.resolve` alone. */
const metaOfNode = new Set(['dirname', 'filename'])

/**
 * What code takes from Node that no import tells: modules that are imported while it runs, by a text that is written there, `import.meta.dirname`,
 * and `globals` as parts of globalThis that it never asks for before it takes something of them. Each once, as it is to be named.
 */
export function foreignSyntax(code: string, globals: readonly string[]): string[] {
  const found = new Set<string>()
  const asked = new Set<string>()
  const taken = new Set<string>()
  visit(parseAst(code), (node, parent) => {
    if (node.type === 'ImportExpression') {
      const id = textOf(node['source'])
      if (id !== undefined && isBuiltin(id)) found.add(id)
    }
    const [object, name] = memberOf(node)
    if (name === undefined || !object) return
    if (object.type === 'MetaProperty' && metaOfNode.has(name)) found.add(`import.meta.${name}`)
    const isGlobal = object.type === 'Identifier' && globalObjects.includes(object['name'])
    if (!isGlobal || !globals.includes(name)) return
    // Without this something is taken of undefined, which throws.
    const isTaken =
      parent?.['optional'] !== true && [parent?.['object'], parent?.['callee']].includes(node)
    if (isTaken) taken.add(name)
    else asked.add(name)
  })
  for (const name of taken) if (!asked.has(name)) found.add(`globalThis.${name}`)
  return [...found]
}

/** Whether a module asks somewhere whether there is such a global, by `typeof`. `path` says what language it is in. */
export function asksWhether(name: string, code: string, path: string): boolean {
  if (!code.includes(`typeof ${name}`)) return false
  let asks = false
  visit(parseAst(code, null, path), ({ type, operator, argument }) => {
    asks ||=
      type === 'UnaryExpression' && operator === 'typeof' && (argument as Node)['name'] === name
  })
  return asks
}

function visit(value: unknown, look: (node: Node, parent?: Node) => void, parent?: Node): void {
  if (Array.isArray(value)) return value.forEach((one) => visit(one, look, parent))
  if (typeof value !== 'object' || value === null) return
  const isNode = typeof (value as Node).type === 'string'
  if (isNode) look(value as Node, parent)
  for (const part of Object.values(value)) visit(part, look, isNode ? (value as Node) : parent)
}

/** Object and name of `object.name` and `object['name']`. */
function memberOf(node: Node): readonly [object?: Node, name?: string] {
  if (node.type !== 'MemberExpression') return []
  const property = node['property'] as Node
  const name = node['computed'] === true ? textOf(property) : (property['name'] as string)
  return name === undefined ? [] : [node['object'] as Node, name]
}

/** Of a literal text, or a template without anything to fill in. */
function textOf(node: unknown): string | undefined {
  const { type, value, quasis } = node as Node
  if (type === 'Literal' && typeof value === 'string') return value
  const parts = quasis as readonly { readonly value: { readonly cooked: string } }[] | undefined
  return type === 'TemplateLiteral' && parts?.length === 1 ? parts[0]?.value.cooked : undefined
}
