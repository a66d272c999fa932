/** How a service is configured at run time: a JSON document behind an authorised HTTP address of each replica. */
export interface HttpConfigSpec {
  readonly kind: 'http'
  /** Name of one of the service's ports. */
  readonly port: string
  readonly path: string
  /** Environment variable by which the service learns the bearer token; the value is made for each run. */
  readonly tokenEnv: string
  /** Where the JSON Schema of the document is, on the same port and with the same token. The live page then has a form for it. */
  readonly schemaPath?: string
  /** Top-level key of a number that must grow with each write; left out of comparisons. */
  readonly generationKey?: string
}

/**
 * Where the clock of a replica can be moved, for `clockFault`: `PUT <path>` with `{ offsetMs }`, and the token of `config`, answers 200 once the
 * replica takes that much later (or earlier, below 0) for the time than the machine does.
 */
export interface ClockSpec {
  /** Name of one of the service's ports. */
  readonly port: string
  readonly path: string
}

/**
 * How a replica is started anew without a new process, so that a stack can be used for several scenarios. All of it on one port, with the
 * token of `config`: `POST <path>/stop` answers 200 when the service has let go of its data, which is then emptied; `POST <path>/start` with
 * `{ env }` answers 200 when it listens again on the ports that it had, with these variables over the ones that it was started with;
 * `GET <path>` answers `{ hash }` of all that the replica keeps, in memory and in its data; of its configuration only what is no longer as it
 * was started, or else a stack with other variables is reset twice.
 */
export interface ResetSpec {
  /** Name of one of the service's ports. It answers while the others are stopped. */
  readonly port: string
  readonly path: string
  /** Environment variables that may have another value after a reset. */
  readonly variables: readonly string[]
}

/**
 * How the service is started. Filled in, in arguments and environment: `{host}` (the address to listen on), `{port:NAME}`, `{dataDir}`
 * (shared by the replicas of the service), `{replica}` (its id) and `{link:SERVICE}` (URL of a service that it calls).
 */
export interface CommandSpec {
  readonly kind: 'command'
  /** 'node' is the Node that runs the harness. As containers only 'node' can run, with its program as the first argument. */
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Directory to run in. In a container it is that of the program. */
  readonly cwd?: string
  /** Packages with native code: they cannot be bundled with the program for its image, and go into it as they are. */
  readonly packages?: readonly string[]
}

/** An image that is made from a Dockerfile. */
export interface BuildSpec {
  /** Directory with all that goes in, absolute or a file URL. */
  readonly context: string
  /** Path in the context. Default 'Dockerfile'. */
  readonly dockerfile?: string
  /** `BASE_IMAGE` is given always: the image on which the harness builds its own. */
  readonly buildArgs?: Readonly<Record<string, string>>
}

/** A service that comes as an image; it runs with `--runtime containers` only. Arguments and environment are filled in as those of a command. */
export interface ImageSpec {
  readonly kind: 'image'
  /** A reference, pulled when the engine does not have it, or how it is built. */
  readonly image: string | BuildSpec
  /** In place of the image's own. */
  readonly entrypoint?: readonly string[]
  /** In place of the image's own. */
  readonly command?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Text of files by absolute path, put there before it starts. Filled in as well. */
  readonly files?: Readonly<Record<string, string>>
  /** Number of each port of the service inside the container. */
  readonly containerPorts: Readonly<Record<string, number>>
  /** Names by which the other containers find its replicas directly, not through a link. */
  readonly aliases?: readonly string[]
  /** Where the volume is mounted that the replicas share. None when absent. */
  readonly dataDir?: string
  /** The root file system cannot be written to; /tmp can. Default false, since images of others seldom bear it. */
  readonly readOnly?: boolean
}

/** Most that one replica may use. Containers only; processes share the machine. */
export interface Resources {
  /** In cores, from 0.05. */
  readonly cpus?: number
  /** In MiB, from 16; a replica that takes more is killed. */
  readonly memoryMb?: number
}

/** When a replica is ready. One without port `http` needs none of it: it is then ready as soon as it runs. */
export interface Health {
  /** GET on this path of port `http` answers 2xx. */
  readonly path?: string
  /** In place of a path, a command that ends with 0 in the container. Images only. */
  readonly command?: readonly string[]
  readonly timeoutMs?: number
}

export interface ServiceSpec {
  /** Lower case letters, digits and dashes; unique in the stack. */
  readonly name: string
  /** 1 to 16. */
  readonly replicas: number
  readonly run: CommandSpec | ImageSpec
  /**
   * Names of the ports a replica listens on. The one called `http` takes the traffic of the front door and of links; without it a service
   * has neither, which only one that comes as an image may be.
   */
  readonly ports: readonly string[]
  readonly health: Health
  readonly config?: HttpConfigSpec
  /** Needs `config`. */
  readonly clock?: ClockSpec
  /** Without it the stack is started anew for each scenario. Needs `config`. Processes only. */
  readonly reset?: ResetSpec
  readonly resources?: Resources
  /** Room in the data directory that the replicas share, in MiB, 1 to 1024. It is then in memory. Containers only. Default: what the disk has. */
  readonly dataMb?: number
  /** Services that must be ready before it is started. Containers only: processes start at once. */
  readonly startsAfter?: readonly string[]
  /** Services that it calls, each through a link of the fabric. */
  readonly connects: readonly string[]
}

/** The services, their replicas, and how they reach each other and the outside. Data only. */
export interface Stack {
  readonly name: string
  /** The service that users talk to. */
  readonly entry: string
  readonly services: readonly ServiceSpec[]
  /** Modules (file URLs) whose exports made by `site()` are the external world. */
  readonly sites: readonly string[]
}

/** Whether it has a front door, and can be reached through links. */
export function takesTraffic({ ports }: Pick<ServiceSpec, 'ports'>): boolean {
  return ports.includes('http')
}
