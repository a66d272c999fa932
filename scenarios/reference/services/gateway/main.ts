import { runAsProcess } from '../common/main.ts'
import { readGatewayOptions, startGateway } from './start.ts'

await runAsProcess('gateway', (env) => startGateway(readGatewayOptions(env)))
