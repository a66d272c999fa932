/** What the modules of flows and actors get when they import 'aftershock' inside of k6: what needs neither Node nor a system. */
export {
  FlowFailure,
  HarnessError,
  defineActor,
  defineFlow,
  isFlowFailure,
} from '../../../core/index.ts'
