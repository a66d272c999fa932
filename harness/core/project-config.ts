export const runtimeNames = ['auto', 'processes', 'containers'] as const
export type RuntimeName = (typeof runtimeNames)[number]

/** Environment variable that names the image which those of services are built on. */
export const baseImageVariable = 'AFTERSHOCK_BASE_IMAGE'

/** What a project says once for all of its commands: the default export of `aftershock.config.ts`. Paths are relative to that file. */
export interface ProjectConfig {
  /** Folders below which scenarios and load tests are looked for. Default: the folder of this file. */
  readonly scenarios?: readonly string[]
  /** Where neither `--runtime` nor AFTERSHOCK_RUNTIME says one. Default 'auto'; under Vitest 'processes'. */
  readonly runtime?: RuntimeName
  /** Folder in which each run leaves one of its own, unless `--out` says another. Default 'reports/runs'. */
  readonly runs?: string
  /** The image that those of services are built on, unless AFTERSHOCK_BASE_IMAGE names one. Default 'node:26-slim'. */
  readonly baseImage?: string
}
