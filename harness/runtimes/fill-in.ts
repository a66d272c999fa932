/** What stands for the places in arguments and environment of a service. */
export interface Places {
  /** Id of the replica. */
  readonly id: string
  /** Address to listen on. */
  readonly host: string
  readonly ports: Readonly<Record<string, number>>
  /** URL of the link to each service that it calls. */
  readonly links: Readonly<Record<string, string>>
  readonly dataDir: string
}

/** Replaces `{host}`, `{port:NAME}`, `{dataDir}`, `{replica}` and `{link:SERVICE}`. Other braces belong to the program, as in JSON, and stay. */
export function fillIn(text: string, places: Places): string {
  return text.replace(
    /\{(\w+)(?::([\w-]+))?\}/g,
    (whole, what: string, name?: string) => valueOf(what, name, places) ?? whole,
  )
}

/** All values of an environment. */
export function fillInAll(
  env: Readonly<Record<string, string>>,
  places: Places,
): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, text]) => [name, fillIn(text, places)]))
}

function valueOf(what: string, name: string | undefined, places: Places): string | undefined {
  switch (what) {
    case 'port':
      return name === undefined ? undefined : places.ports[name]?.toString()
    case 'link':
      return name === undefined ? undefined : places.links[name]
    case 'host':
      return name === undefined ? places.host : undefined
    case 'dataDir':
      return name === undefined ? places.dataDir : undefined
    case 'replica':
      return name === undefined ? places.id : undefined
    default:
      return undefined
  }
}
