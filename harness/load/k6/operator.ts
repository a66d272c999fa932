/** Manifests for the k6 operator, which runs a script from many machines. Source: grafana.com/docs/k6/latest/set-up/set-up-distributed-k6. */
import { stringify } from 'yaml'
import { HarnessError } from '../../core/index.ts'

export interface OperatorRequest {
  /** Name of both resources: of letters, digits and dashes. */
  readonly name: string
  readonly script: string
  /** Machines, that is pods, among which k6 divides the load. From 1. */
  readonly parallelism: number
  /** Environment variables that the script needs; their values are for the reader to fill in. */
  readonly variables: readonly string[]
}

const fileName = 'script.js'
/** What Kubernetes takes in one ConfigMap. */
const mostBytes = 1_048_576

/** A ConfigMap with the script, and a TestRun that runs it, as YAML. Throws USAGE when the script is too large for a ConfigMap. */
export function operatorManifests(request: OperatorRequest): string {
  const { name, script, parallelism, variables } = request
  const size = Buffer.byteLength(script)
  if (size >= mostBytes) {
    throw new HarnessError(
      'USAGE',
      `the script has ${size} bytes: a ConfigMap takes ${mostBytes}`,
      {
        hint: 'put it in a volume: --export k6 writes the script alone',
      },
    )
  }
  const configMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data: { [fileName]: script },
  }
  const testRun = {
    apiVersion: 'k6.io/v1alpha1',
    kind: 'TestRun',
    metadata: { name },
    spec: {
      parallelism,
      script: { configMap: { name, file: fileName } },
      runner: {
        env: variables.map((variable) => ({ name: variable, value: 'http://fill-in.example' })),
      },
    },
  }
  return [configMap, testRun].map((document) => stringify(document, { lineWidth: 0 })).join('---\n')
}
