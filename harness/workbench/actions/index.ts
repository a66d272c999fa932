import type { LiveAction } from '../../report/index.ts'
import type { Action } from '../action.ts'
import { apply } from './apply.ts'
import { checkConfig } from './check-config.ts'
import { readConfig } from './read-config.ts'
import { readTrace } from './read-trace.ts'
import { rollOut } from './roll-out.ts'
import { runFlow } from './run-flow.ts'
import { saveScenario } from './save-scenario.ts'
import { setLoad } from './set-load.ts'
import { setToxic } from './set-toxic.ts'
import { setVariant } from './set-variant.ts'
import { undoStep } from './undo-step.ts'
import { undo } from './undo.ts'
import { writeConfig } from './write-config.ts'

export const actions: { readonly [A in LiveAction]: Action<A> } = {
  apply,
  undo,
  'roll-out': rollOut,
  'undo-step': undoStep,
  'read-config': readConfig,
  'check-config': checkConfig,
  'write-config': writeConfig,
  'set-toxic': setToxic,
  'set-variant': setVariant,
  'set-load': setLoad,
  'run-flow': runFlow,
  'read-trace': readTrace,
  'save-scenario': saveScenario,
}
