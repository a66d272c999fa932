/** What `docker compose config` and `docker-compose config` write, as far as it is understood here. The two differ in their short forms. */
export interface ComposeFile {
  readonly services?: Readonly<Record<string, ComposeService>>
}

export interface ComposeService {
  readonly image?: string
  readonly build?: {
    readonly context?: string
    readonly dockerfile?: string
    readonly args?: Readonly<Record<string, string | number | null>>
  }
  readonly entrypoint?: Command
  readonly command?: Command
  readonly environment?: Readonly<Record<string, string | number | boolean | null>>
  readonly volumes?: readonly (string | ComposeMount)[]
  readonly depends_on?:
    Readonly<Record<string, { readonly condition?: string }>> | readonly string[]
  readonly healthcheck?: { readonly test?: Command; readonly disable?: boolean }
  readonly scale?: number
  readonly cpus?: number | string
  readonly mem_limit?: number | string
  readonly read_only?: boolean
  readonly deploy?: {
    readonly replicas?: number
    readonly resources?: {
      readonly limits?: { readonly cpus?: number | string; readonly memory?: number | string }
    }
  }
}

export interface ComposeMount {
  readonly type?: string
  readonly source?: string
  readonly target: string
}

type Command = string | readonly string[] | null

/** A text is taken apart as a shell would, without its expansions. */
export function words(command: Command | undefined): string[] | undefined {
  if (command === undefined || command === null) return undefined
  if (typeof command !== 'string') return command.map(String)
  const parts = command.match(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g) ?? []
  return parts.map((part) =>
    part.replace(
      /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g,
      (_, double?: string, single?: string, escaped?: string) =>
        double?.replace(/\\(["\\$`])/g, '$1') ?? single ?? escaped ?? '',
    ),
  )
}

/** `64M`, `1.5g`, or bytes, in MiB. */
export function mebibytes(size: number | string): number {
  const [, number = '', unit = ''] = /^([\d.]+)\s*([kmg]?)b?$/i.exec(String(size)) ?? []
  const powers: Readonly<Record<string, number>> = { '': -2, k: -1, m: 0, g: 1 }
  return Math.ceil(Number(number || Number.NaN) * 1024 ** (powers[unit.toLowerCase()] as number))
}

/** `source:target[:mode]` in parts. A source without a slash is the name of a volume. */
export function mountOf(volume: string | ComposeMount): ComposeMount {
  if (typeof volume !== 'string') return volume
  const [source = '', target] = volume.split(':')
  if (target === undefined) return { type: 'volume', target: source }
  return { type: /^[./~]/.test(source) ? 'bind' : 'volume', source, target }
}
